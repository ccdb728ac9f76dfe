/** Keeps files while somebody reads them, and removes them when nobody does and nobody will. */

import { messageOf } from '../base/errors.ts';
import { removeFile } from '../base/files.ts';
import type { Log } from '../base/log.ts';

export class FilePins {
  readonly #pins = new Map<string, number>();
  readonly #retired = new Set<string>();
  readonly #removals = new Set<Promise<void>>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** The files stay until the returned function is called. */
  pin(paths: readonly string[]): () => void {
    for (const path of paths) this.#pins.set(path, (this.#pins.get(path) ?? 0) + 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      for (const path of paths) this.#unpin(path);
    };
  }

  /** Nobody will ask for the file again: it is removed once nobody reads it. */
  retire(path: string): void {
    if (this.#pins.has(path)) this.#retired.add(path);
    else this.#remove(path);
  }

  /** Until all removals that have begun are done. */
  async settled(): Promise<void> {
    await Promise.all(this.#removals);
  }

  #unpin(path: string): void {
    const left = (this.#pins.get(path) ?? 1) - 1;
    if (left > 0) {
      this.#pins.set(path, left);
      return;
    }
    this.#pins.delete(path);
    if (this.#retired.delete(path)) this.#remove(path);
  }

  /** A file that cannot be removed now is found at the next start, because no manifest names it. */
  #remove(path: string): void {
    const removal = removeFile(path)
      .catch((error: unknown) =>
        this.#log.warn('A file that is no longer needed could not be removed', {
          path,
          reason: messageOf(error),
        }),
      )
      .finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }
}
