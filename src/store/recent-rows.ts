/**
 * Rows of a key view that changed last. They go into its storage many at a time, in the order of their names: a row by itself costs the storage as
 * much as a page of them. What is read is what stands here, or else there, at every moment of it.
 */
import type { StoreLimits } from './limits.ts';
import type { ViewChange, ViewStorage } from './view-storage.ts';

export class RecentRows {
  readonly #storage: ViewStorage;
  readonly #view: number;
  readonly #limits: StoreLimits;
  /** null for what was removed. */
  #rows = new Map<string, string | null>();
  /** Those that are being put into the storage, where they may be found already or not. */
  #leaving = new Map<string, string | null>();
  #length = 0;
  #left: Promise<void> = Promise.resolve();

  constructor(storage: ViewStorage, view: number, limits: StoreLimits) {
    this.#storage = storage;
    this.#view = view;
    this.#limits = limits;
  }

  read(name: string): string | undefined {
    let row = this.#rows.get(name);
    if (row === undefined) row = this.#leaving.get(name);
    if (row === undefined) return this.#storage.get(this.#view, name);
    return row ?? undefined;
  }

  /** Until there is room for more. Throws what the storage did not take. */
  async room(): Promise<void> {
    if (!this.#isFull()) return;
    await this.#left;
    this.#left = this.#leave();
    // It is told of when it is waited for.
    this.#left.catch(() => undefined);
  }

  /** All of them in one turn, so that nothing is read between two of them. */
  put(changes: readonly ViewChange[]): void {
    const before = this.#length;
    for (const { name, row } of changes) {
      this.#rows.set(name, row ?? null);
      this.#length += name.length + (row?.length ?? 0);
    }
    this.#storage.recentLength += this.#length - before;
  }

  /** Until all of them are in the storage. Throws what the storage did not take. */
  async drain(): Promise<void> {
    await this.#left;
    await this.#leave();
  }

  /** They are in no storage from here on. */
  forget(): void {
    this.#storage.recentLength -= this.#length;
    this.#length = 0;
    this.#rows.clear();
    this.#leaving.clear();
  }

  #isFull(): boolean {
    const { keyViewRecentRows, keyViewRecentLength, keyViewsRecentLength } = this.#limits;
    const areAllFull = this.#storage.recentLength >= keyViewsRecentLength;
    return this.#rows.size >= keyViewRecentRows || this.#length >= keyViewRecentLength || areAllFull;
  }

  async #leave(): Promise<void> {
    const { keyViewSliceRows } = this.#limits;
    const [leaving, length] = [this.#rows, this.#length];
    this.#leaving = leaving;
    this.#rows = new Map();
    this.#length = 0;
    const names = [...leaving.keys()].sort();
    try {
      for (let i = 0; i < names.length; i += keyViewSliceRows) {
        const slice = names.slice(i, i + keyViewSliceRows);
        const changes = slice.map((name) => ({ name, row: leaving.get(name) ?? undefined }));
        await this.#storage.write(this.#view, changes);
      }
      this.#leaving = new Map();
    } finally {
      this.#storage.recentLength -= length;
    }
  }
}
