import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { codeOf, messageOf, WharfError } from '../../base/errors.ts';
import type { FoundFile } from './find-files.ts';
import { CHUNK_BYTES, type TextSource } from './text-source.ts';
import './errors.ts';

/** A gzip file, one member or several, unpacked as it is read. */
export class GzipText implements TextSource {
  readonly seekable = false;
  readonly #file: FoundFile;
  readonly #signal: AbortSignal;
  #doneBytes = 0;

  constructor(file: FoundFile, signal: AbortSignal) {
    this.#file = file;
    this.#signal = signal;
  }

  get doneBytes(): number {
    return this.#doneBytes;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    const packed = createReadStream(this.#file.path, { highWaterMark: CHUNK_BYTES, signal: this.#signal });
    // The consumer of the loop below gets the error of either stream.
    const text = pipeline(packed, createGunzip({ chunkSize: CHUNK_BYTES }), () => undefined);
    try {
      for await (const chunk of text) {
        this.#doneBytes = packed.bytesRead;
        yield chunk;
      }
    } catch (thrown) {
      this.#signal.throwIfAborted();
      throw this.#explain(thrown);
    } finally {
      packed.destroy();
      text.destroy();
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #explain(thrown: unknown): unknown {
    const { name } = this.#file;
    if (codeOf(thrown) === 'Z_BUF_ERROR') {
      return new WharfError(
        'FILE_GZIP_TRUNCATED',
        `The gzip file "${name}" ends too early, after ${this.#file.size} bytes.`,
        {
          hint: 'It may still be being written; write it under another name and rename it when it is complete.',
          place: { file: name },
          cause: thrown,
        },
      );
    }
    if (!codeOf(thrown)?.startsWith('Z_')) return thrown;
    return new WharfError(
      'FILE_GZIP_DAMAGED',
      `The gzip file "${name}" cannot be unpacked: ${messageOf(thrown)}.`,
      {
        hint: `Test it with: gzip -t ${name}`,
        place: { file: name },
        cause: thrown,
      },
    );
  }
}
