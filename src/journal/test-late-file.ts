import type { WharfError } from '../base/errors.ts';
import type { Change, KeyFile } from './lmdb-file.ts';

/** A file whose writes are done, and seen by readers, some time before the writer hears of it. */
export class LateFile implements KeyFile {
  readonly path: string;
  readonly #file: KeyFile;
  #answer: Promise<void> = Promise.resolve();
  #onWritten: () => void = () => undefined;
  #letGo: () => void = () => undefined;
  /** Why nothing is written. */
  failure: WharfError | undefined;

  constructor(file: KeyFile) {
    this.#file = file;
    this.path = file.path;
  }

  get(key: Buffer) {
    return this.#file.get(key);
  }

  keys(from: Buffer, before: Buffer, limit: number) {
    return this.#file.keys(from, before, limit);
  }

  lastKey(from: Buffer, before: Buffer) {
    return this.#file.lastKey(from, before);
  }

  async write(changes: readonly Change[]) {
    if (this.failure) throw this.failure;
    await this.#file.write(changes);
    this.#onWritten();
    await this.#answer;
  }

  close() {
    return this.#file.close();
  }

  /** From now on the writer hears of writes once they are let go. Resolves when the next one is done. */
  hold(): Promise<void> {
    this.#answer = new Promise((resolve) => {
      this.#letGo = resolve;
    });
    return new Promise((resolve) => {
      this.#onWritten = resolve;
    });
  }

  letGo(): void {
    this.#letGo();
  }
}
