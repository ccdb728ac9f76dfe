/** What a port of SQL sees: consumers' statements, run on snapshots, with access already applied. */
import type { SecureContext } from 'node:tls';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Declaration } from '../schema/options.ts';
import type { At } from './reader.ts';

/** Who asks. Whoever opens a session finds it out; nobody else makes one. */
export interface SqlPrincipal {
  readonly name: string;
  /** Principals of the same access see the same rows of every product, where they ask for the same purpose. */
  readonly access: string;
  /** Asked before anything is given: false once what was shown at the sign-in is not valid any more. Nothing was shown where it is left out. */
  readonly isValid?: () => boolean;
}

/** The positions of the products that a statement reads: `flights.departures@1` -> 37000. */
export type SqlPositions = Readonly<Record<string, number>>;

/** All products as they were published at one instant, or as `at` says; statements of one transaction share one. */
export interface SqlVector {
  readonly at: At;
  /** Microseconds since 1970: when it was taken. */
  readonly timeUs: number;
  /** The position of a product. Throws AT_INVALID, AT_FUTURE, POSITION_GONE. */
  position(product: string): Promise<number>;
}

export interface SqlColumn {
  readonly name: string;
  /** The engine's name of the type, e.g. `DECIMAL(12,2)`, `BIGINT[]`, `JSON`. */
  readonly type: string;
}

export interface SqlDescription {
  readonly columns: readonly SqlColumn[];
  /** The engine's types of $1, $2, ... */
  readonly params: readonly string[];
}

export interface SqlParam {
  readonly text: string | null;
  /** The engine's type, where the caller knows it. */
  readonly type: string | undefined;
}

export type SqlFormat =
  /** Postgres' DataRow messages, each column in text or binary form. */
  | { readonly kind: 'cells'; readonly binary: readonly boolean[] }
  /** One JSON object a line. */
  | { readonly kind: 'json' }
  | { readonly kind: 'csv' }
  /** An Arrow IPC stream, or a Parquet file, cut into pages anywhere. */
  | { readonly kind: 'arrow' }
  | { readonly kind: 'parquet' };

export interface SqlPage {
  readonly bytes: Uint8Array;
  readonly rows: number;
  readonly done: boolean;
}

export interface SqlStatement {
  readonly sql: string;
  readonly principal: SqlPrincipal;
  readonly vector: SqlVector;
  /** Schemas in which names without one are looked for, in their order; undefined: the one that has a table of the name. */
  readonly searchPath?: readonly string[] | undefined;
  /** What for, as the caller says. */
  readonly purpose?: string | undefined;
  readonly signal: AbortSignal;
}

export interface SqlRun extends SqlStatement {
  readonly params: readonly SqlParam[];
  readonly format: SqlFormat;
  /** Rows of the first page, at most. */
  readonly rowsMax: number;
}

/** A statement that runs; close it, whatever came of it. */
export interface SqlAnswer extends SqlDescription {
  readonly positions: SqlPositions;
  readonly page: SqlPage;
  /** Asked before rows of a page are handed out later than at once. Throws UNAUTHENTICATED, ACCESS_CHANGED once they may not be given any more. */
  check(): void;
  fetch(rowsMax: number): Promise<SqlPage>;
  close(): Promise<void>;
}

/** Throws SQL_SYNTAX, SQL_REFUSED, SQL_FAILED, SQL_DEADLINE, SQL_MEMORY, SQL_BUSY, TABLE_UNKNOWN, ACCESS_REFUSED; each with its SQLSTATE in `details`. */
export interface SqlService {
  vector(at: At): SqlVector;
  describe(statement: SqlStatement): Promise<SqlDescription>;
  run(run: SqlRun): Promise<SqlAnswer>;
}

export type SqlSignIn =
  | { readonly kind: 'open'; readonly principal: SqlPrincipal }
  /** Any of the passwords behind the keys, by SCRAM-SHA-256; there are none for a name that nobody has. */
  | {
      readonly kind: 'scram';
      readonly salt: Uint8Array;
      readonly iterations: number;
      readonly keys: readonly SqlPasswordKeys[];
    }
  /** A password as it is, of which somebody else says whose it is; undefined: it is not the user's. */
  | { readonly kind: 'clear'; holderOf(password: string): Promise<SqlPrincipal | undefined> };

/** What is kept of a password, and whose it is. */
export interface SqlPasswordKeys {
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
  readonly principal: SqlPrincipal;
}

export interface SqlTls {
  /** Of the certificate at this moment: it may be renewed. */
  readonly context: SecureContext;
  /** Whether a client that does not ask for it is turned away. */
  readonly isNeeded: boolean;
}

export interface SqlHost {
  /** The name of the mesh, which is the name of the database. */
  readonly mesh: string;
  readonly sql: SqlService;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * What is asked of somebody who comes with this name. Names that nobody has are asked for a password like all others. `isPrivate`: nobody between
   * the two can read along.
   */
  signIn(user: string, isPrivate: boolean): Promise<SqlSignIn>;
  /** Undefined: it is not spoken. */
  readonly tls?: SqlTls | undefined;
}

export interface SqlListener {
  /** The port that it listens on. */
  readonly port: number;
  close(): Promise<void>;
}

/** A port that listens on an address of its own and speaks SQL. */
export interface SqlPort extends Declaration {
  readonly kind: 'sql';
  /** Throws LISTEN_FAILED. */
  listen(host: SqlHost, address: { readonly host: string; readonly port: number }): Promise<SqlListener>;
}

export function defineSqlPort(port: Omit<SqlPort, 'kind'>): SqlPort {
  return Object.freeze({ kind: 'sql' as const, ...port });
}
