import { stat } from 'node:fs/promises';
import { removeFile } from '../../base/files.ts';
import type { FoundFile } from './find-files.ts';
import { PlainText } from './plain-text.ts';
import type { TextSource } from './text-source.ts';

/** A columnar file, rewritten as NDJSON when it is first read. */
export class ColumnarText implements TextSource {
  readonly seekable = false;
  readonly #file: FoundFile;
  readonly #toNdjson: (file: string) => Promise<string>;
  readonly #signal: AbortSignal;
  #ndjson: Promise<string> | undefined;
  #share = 0;

  constructor(file: FoundFile, toNdjson: (file: string) => Promise<string>, signal: AbortSignal) {
    this.#file = file;
    this.#toNdjson = toNdjson;
    this.#signal = signal;
  }

  get doneBytes(): number {
    return Math.floor(this.#file.size * this.#share);
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    this.#ndjson ??= this.#toNdjson(this.#file.path);
    const ndjson = await unlessAborted(this.#ndjson, this.#signal);
    const { size } = await stat(ndjson);
    const text = new PlainText(ndjson, this.#signal);
    for await (const chunk of text.chunks(0)) {
      this.#share = text.doneBytes / Math.max(size, 1);
      yield chunk;
    }
  }

  /** Does not wait for a rewriting that still goes on; its file is removed when it has ended. */
  close(): Promise<void> {
    const removed = this.#ndjson?.then(removeFile, () => undefined);
    return this.#signal.aborted ? Promise.resolve() : (removed ?? Promise.resolve());
  }
}

/** Ends at once when the signal says so; the work itself cannot be stopped. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
