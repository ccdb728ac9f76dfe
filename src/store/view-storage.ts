/** Rows by key in an embedded map, for views. Disposable: it is emptied when the store is opened, and never synced. */
import { mkdirSync, rmSync } from 'node:fs';
import { open, type RootDatabase } from 'lmdb';

export interface ViewChange {
  readonly name: string;
  /** undefined removes the row. */
  readonly row: string | undefined;
}

export class ViewStorage {
  readonly #database: RootDatabase<string, Buffer>;
  #nextView = 1;
  /** Characters of rows that wait to be put in, of all views. */
  recentLength = 0;

  constructor(folder: string) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#database = open<string, Buffer>({
      path: folder,
      noSync: true,
      noMetaSync: true,
      keyEncoding: 'binary',
      encoding: 'string',
      cache: false,
    });
  }

  /** The number of a view of its own. */
  newView(): number {
    return this.#nextView++;
  }

  get(view: number, name: string): string | undefined {
    return this.#database.get(keyOf(view, name));
  }

  /** Applies all changes as one; what is read afterwards has them. */
  async write(view: number, changes: readonly ViewChange[]): Promise<void> {
    await this.#database.batch(() => {
      for (const { name, row } of changes) {
        if (row === undefined) this.#database.remove(keyOf(view, name));
        else this.#database.put(keyOf(view, name), row);
      }
    });
  }

  async close(): Promise<void> {
    await this.#database.close();
  }
}

function keyOf(view: number, name: string): Buffer {
  const key = Buffer.allocUnsafe(4 + Buffer.byteLength(name));
  key.writeUInt32BE(view, 0);
  key.write(name, 4);
  return key;
}
