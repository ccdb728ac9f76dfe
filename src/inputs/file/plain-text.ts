import { type FileHandle, open } from 'node:fs/promises';
import { CHUNK_BYTES, type TextSource } from './text-source.ts';

/** Read at the end of a file, where there may be more by now. */
const PROBE_BYTES = 4 * 1024;

/** A file whose bytes are the text. */
export class PlainText implements TextSource {
  readonly seekable = true;
  readonly #path: string;
  readonly #signal: AbortSignal;
  #doneBytes = 0;

  constructor(path: string, signal: AbortSignal) {
    this.#path = path;
    this.#signal = signal;
  }

  get doneBytes(): number {
    return this.#doneBytes;
  }

  async *chunks(from: number): AsyncGenerator<Uint8Array> {
    const handle = await open(this.#path, 'r');
    try {
      let { size } = await handle.stat();
      for (let at = from; ; ) {
        if (at >= size) size = (await handle.stat()).size;
        const chunk = await readChunk(handle, at, size - at);
        this.#signal.throwIfAborted();
        if (chunk.length === 0) return;
        at += chunk.length;
        this.#doneBytes = at;
        yield chunk;
      }
    } finally {
      await handle.close();
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** As much as is left of the file, and a little at its end, where there may be more. */
async function readChunk(handle: FileHandle, position: number, left: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(left, PROBE_BYTES)));
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
  return buffer.subarray(0, bytesRead);
}
