/**
 * One LMDB file: ordered keys, atomic writes, nothing of Wharf's meaning.
 *
 * Why a resolved `write` means "on disk": with `overlappingSync: false`, LMDB commits a transaction in this order, on a
 * thread of libuv's pool: it writes the changed pages (copies; committed pages are never overwritten), calls `fdatasync`,
 * and then writes the meta page that makes them current through a descriptor opened with O_DSYNC. Only after the last of
 * these has returned is the promise of the batch resolved. (With `overlappingSync`, the library's default, the promise
 * would be resolved before the sync, and only `flushed` would tell.) `journal-sync.test.ts` watches the system calls.
 *
 * A write that fails leaves the committed pages and the meta page alone: nothing of it is there afterwards.
 */
import { mkdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { messageOf, WharfError } from '../base/errors.ts';
import { syncFolder } from '../base/files.ts';
import { checkLmdbHeader, isUnfinished } from './check-lmdb-header.ts';
import { damageError } from './damage.ts';
import { writeFailure } from './write-failure.ts';

/**
 * Address space set aside for the map; not memory, and not disk. The library doubles a map that is too small by mapping
 * the file once more, beside the old map, so pages would count twice.
 */
const MAP_BYTES = 64 * 2 ** 30;
/** MDB_INVALID, MDB_VERSION_MISMATCH, MDB_CORRUPTED, MDB_PAGE_NOTFOUND: what stands in the file is not LMDB's. */
const NOT_LMDB: readonly unknown[] = [-30_793, -30_794, -30_796, -30_797];

export interface Change {
  readonly key: Buffer;
  /** Undefined removes the key. */
  readonly value: Buffer | undefined;
}

/** What the journal needs of a store of ordered keys. */
export interface KeyFile {
  /** For messages. */
  readonly path: string;
  get(key: Buffer): Buffer | undefined;
  /** At most `limit` keys of [from, before), ascending. */
  keys(from: Buffer, before: Buffer, limit: number): Buffer[];
  /** The greatest key of [from, before). */
  lastKey(from: Buffer, before: Buffer): Buffer | undefined;
  /** All of it on disk, or nothing. Rejects with JOURNAL_FULL or JOURNAL_SYNC_FAILED. */
  write(changes: readonly Change[]): Promise<void>;
  close(): Promise<void>;
}

type Database = RootDatabase<Buffer, Buffer>;

export class LmdbFile implements KeyFile {
  readonly path: string;
  readonly #folder: string;
  #database: Database | undefined;
  /** Why there is no database to read, while it is opened again. */
  #unread: WharfError | undefined;

  private constructor(folder: string, database: Database) {
    this.path = dataFileOf(folder);
    this.#folder = folder;
    this.#database = database;
  }

  /** Opens `data.mdb` in the folder, and creates both. Throws JOURNAL_DAMAGED, JOURNAL_OPEN_FAILED. */
  static open(folder: string): LmdbFile {
    const file = dataFileOf(folder);
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      if (isUnfinished(file)) rmSync(file);
      checkLmdbHeader(file);
      const database = openDatabase(folder);
      coverPages(file, database);
      syncFolder(folder);
      syncFolder(path.dirname(folder));
      return new LmdbFile(folder, database);
    } catch (error) {
      if (error instanceof WharfError) throw error;
      if (isNotLmdb(error)) throw damageError({ file }, messageOf(error), error);
      throw new WharfError(
        'JOURNAL_OPEN_FAILED',
        `The journal "${file}" cannot be opened: ${messageOf(error)}.`,
        {
          hint: 'Check that the folder can be written by this user.',
          place: { file },
          cause: error,
        },
      );
    }
  }

  get(key: Buffer): Buffer | undefined {
    return this.#reading((database) => {
      const value = database.getBinary(key);
      return value && Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    });
  }

  keys(from: Buffer, before: Buffer, limit: number): Buffer[] {
    return this.#reading((database) =>
      Array.from(database.getKeys({ start: from, end: before, limit }), (key) => Buffer.from(key)),
    );
  }

  lastKey(from: Buffer, before: Buffer): Buffer | undefined {
    return this.#reading((database) => {
      for (const key of database.getKeys({ start: before, end: from, reverse: true, limit: 1 })) {
        return Buffer.from(key);
      }
      return undefined;
    });
  }

  async write(changes: readonly Change[]): Promise<void> {
    const database = this.#opened();
    try {
      await database.batch(() => {
        for (const { key, value } of changes) {
          if (value === undefined) database.remove(key);
          else database.put(key, value);
        }
      });
    } catch (error) {
      const bytes = changes.reduce((sum, change) => sum + (change.value?.length ?? 0), 0);
      const failure = await writeFailure(this.path, bytes, await causeOf(error));
      if (!canRead(database)) await this.#openAgain(failure);
      throw failure;
    }
  }

  async close(): Promise<void> {
    await this.#database?.close();
  }

  /** Opening writes nothing: what is there then is what was committed before. */
  async #openAgain(failure: WharfError): Promise<void> {
    const failed = this.#opened();
    this.#unread = failure;
    this.#database = undefined;
    await failed.close();
    this.#database = openDatabase(this.#folder);
  }

  #opened(): Database {
    if (this.#database) return this.#database;
    throw this.#unread ?? new Error('Invariant broken: the journal file is open');
  }

  #reading<T>(read: (database: Database) => T): T {
    try {
      return read(this.#opened());
    } catch (error) {
      if (isNotLmdb(error)) throw damageError({ file: this.path }, messageOf(error), error);
      throw error;
    }
  }
}

function dataFileOf(folder: string): string {
  return path.join(folder, 'data.mdb');
}

function openDatabase(folder: string): Database {
  return open<Buffer, Buffer>({
    path: folder,
    noSubdir: false,
    encoding: 'binary',
    keyEncoding: 'binary',
    cache: false,
    overlappingSync: false,
    eventTurnBatching: false,
    mapSize: MAP_BYTES,
  });
}

/** After a failed write of the meta page the library reads nothing any more; it would say that keys do not exist. */
function canRead(database: Database): boolean {
  try {
    database.resetReadTxn();
    database.getStats();
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

/**
 * A page of the map that lies behind the end of the file would end the process when it is read. The file may end early
 * without harm (free pages at the end are never written), or because it was cut; zeros are told apart from data.
 */
function coverPages(file: string, database: Database): void {
  const stats = database.getStats() as { pageSize: number; lastPageNumber: number };
  const bytes = (stats.lastPageNumber + 1) * stats.pageSize;
  if (statSync(file).size < bytes) truncateSync(file, bytes);
}

function isNotLmdb(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && NOT_LMDB.includes(error.code);
}

/** The library rejects with a general error, whose `commitError` is a promise that rejects with the cause. */
async function causeOf(error: unknown): Promise<unknown> {
  if (typeof error !== 'object' || error === null || !('commitError' in error)) return error;
  try {
    await error.commitError;
  } catch (cause) {
    return cause;
  }
  return error;
}
