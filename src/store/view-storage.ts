/**
 * Rows by key in an embedded map, for views. Disposable: it is emptied when the store is opened, and never synced.
 *
 * A view's position stands beside its rows and changes with them in one transaction, so that a row and the position at
 * which it is true are read together.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { open, type RootDatabase } from 'lmdb';

const POSITION_NAME = '';

export interface ViewChange {
  readonly name: string;
  /** undefined removes the row. */
  readonly row: string | undefined;
}

export class ViewStorage {
  readonly #database: RootDatabase<string, Buffer>;
  #nextView = 1;

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

  /** The row and the position of the view, read in one turn and thus from one transaction. */
  read(view: number, name: string): { readonly position: number; readonly row: string | undefined } {
    const position = this.#database.get(keyOf(view, POSITION_NAME));
    return { position: Number(position ?? -1), row: this.#database.get(keyOf(view, name)) };
  }

  /** The rows and the position of the view, likewise. */
  readAll(
    view: number,
    names: readonly string[],
  ): { readonly position: number; readonly rows: readonly (string | undefined)[] } {
    const position = this.#database.get(keyOf(view, POSITION_NAME));
    return {
      position: Number(position ?? -1),
      rows: names.map((name) => this.#database.get(keyOf(view, name))),
    };
  }

  /** Applies all changes and the position as one. */
  async write(view: number, changes: readonly ViewChange[], position: number): Promise<void> {
    await this.#database.batch(() => {
      for (const { name, row } of changes) {
        if (row === undefined) this.#database.remove(keyOf(view, name));
        else this.#database.put(keyOf(view, name), row);
      }
      this.#database.put(keyOf(view, POSITION_NAME), String(position));
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
