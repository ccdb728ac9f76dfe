/** What crosses between a guest and its process. */
import type { ColumnNames } from './column-names.ts';
import type { EngineColumn } from './engine.ts';
import type { EngineFailure } from './messages.ts';

/** What every database of a guest begins with, so that it can be made before anybody asks. */
export interface GuestBase {
  /** The name that databases are known by in SQL. */
  readonly name: string;
  /** Statements of ours that need none of the files. */
  readonly setup: readonly string[];
}

export interface GuestSettings {
  readonly base: GuestBase;
  readonly spillFolder: string;
  readonly memoryMb: number;
  readonly spillMb: number;
  readonly threads: number;
}

/** What a statement may see: the guest opens one database for it, which can read these files and nothing else. */
export interface GuestDatabase {
  /** Two databases of the same key are the same. */
  readonly key: string;
  readonly files: readonly string[];
  /** Statements of ours that create its schemas and views. */
  readonly setup: readonly string[];
}

/** A database that the guest has opened before, by its key alone: the rest of it would be sent with every statement. */
export type KnownDatabase = Pick<GuestDatabase, 'key'> & { readonly setup?: undefined };

/** Told of a database that the guest no longer has open. */
export const DATABASE_UNKNOWN = 'DATABASE_UNKNOWN';

/**
 * How rows are written into pages. `text` and `binary` are Postgres' forms, chosen by column, and a row is a whole DataRow
 * message: as good as any layout, and the wire port passes it on untouched. `json` is one object a line, `csv` one line of
 * the same texts, without the quotes of JSON.
 */
export type RowFormat =
  | { readonly kind: 'cells'; readonly binary: readonly boolean[] }
  | { readonly kind: 'json' }
  | { readonly kind: 'csv' }
  /** An Arrow IPC stream, or a Parquet file, cut into pages anywhere. */
  | { readonly kind: 'arrow' }
  | { readonly kind: 'parquet' };

/** A parameter's value as text, and its type where the caller knows it. */
export interface GuestParam {
  readonly text: string | null;
  readonly type: string | undefined;
}

export interface GuestQuery {
  readonly database: GuestDatabase;
  readonly sql: string;
  /** The statement's tree as JSON, where it is not the one of `sql`: what runs is the text that the engine makes of it. */
  readonly tree: string | undefined;
  readonly names: ColumnNames;
}

export interface KnownQuery extends Omit<GuestQuery, 'database'> {
  readonly database: KnownDatabase;
}

export type GuestTask =
  | { readonly kind: 'parse'; readonly sql: string }
  | { readonly kind: 'describe'; readonly query: GuestQuery | KnownQuery }
  | {
      readonly kind: 'start';
      readonly query: GuestQuery | KnownQuery;
      readonly params: readonly GuestParam[];
      readonly format: RowFormat;
      readonly rowsMax: number;
    }
  | { readonly kind: 'fetch'; readonly rowsMax: number }
  | { readonly kind: 'end' };

export interface GuestDescription {
  readonly columns: readonly EngineColumn[];
  /** Types of $1, $2, ...; `VARCHAR` where the statement leaves it open. */
  readonly params: readonly string[];
}

export interface GuestPage {
  readonly bytes: Uint8Array;
  readonly rows: number;
  /** True when there is no row after these. */
  readonly done: boolean;
}

export interface GuestStarted extends GuestDescription {
  readonly page: GuestPage;
}

export type GuestAnswer = string | GuestDescription | GuestStarted | GuestPage | undefined;

export type GuestRequest =
  | { readonly kind: 'open'; readonly settings: GuestSettings }
  | { readonly kind: 'task'; readonly id: number; readonly task: GuestTask }
  | { readonly kind: 'interrupt' };

export type GuestReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: GuestAnswer }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: EngineFailure };
