/**
 * Cursors as they are once the write that sets them is known to be done. Readers of the file see a write somewhat before that, and a cursor
 * shall not be seen before the head that it was committed with.
 */
import { nameOf } from './keys.ts';
import type { Change, KeyFile } from './lmdb-file.ts';
import { readCursor, readCursors } from './read-cursors.ts';

type CursorFile = Pick<KeyFile, 'path' | 'get' | 'keys'>;

export class SettledCursors implements CursorFile {
  readonly #file: CursorFile;
  /** By task, what a write under way changes, as it was before. */
  #before: ReadonlyMap<string, Buffer | undefined> = new Map();

  constructor(file: CursorFile) {
    this.#file = file;
  }

  get path(): string {
    return this.#file.path;
  }

  /** They are to be changed, until `settle` is called. */
  hold(cursors: readonly Change[]): void {
    this.#before = new Map(cursors.map(({ key }) => [nameOf(key), this.#file.get(key)]));
  }

  /** The write is done, or has failed. */
  settle(): void {
    this.#before = new Map();
  }

  get(key: Buffer): Buffer | undefined {
    const task = nameOf(key);
    return this.#before.has(task) ? this.#before.get(task) : this.#file.get(key);
  }

  /** One that a write under way removes may be missing. */
  keys(from: Buffer, before: Buffer, limit: number): Buffer[] {
    return this.#file.keys(from, before, limit);
  }

  /** Throws JOURNAL_DAMAGED. */
  read(key: Buffer): unknown {
    return readCursor(this, key);
  }

  /** Throws JOURNAL_DAMAGED. */
  readAll(prefix: string): Generator<{ readonly task: string; readonly value: unknown }> {
    return readCursors(this, prefix);
  }
}
