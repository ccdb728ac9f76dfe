/**
 * The analytical engine as everybody else sees it: SQL in, rows or files out, in a process of its own.
 *
 * `trusted` engines run SQL that Wharf wrote (or a product's own transform). Consumers' SQL never comes here.
 */

/**
 * A value as it crosses the process border, exact: 64-bit and larger integers as bigint; decimals, dates, times, bytes and
 * nested values as the engine's text of them.
 */
export type EngineValue = string | number | bigint | boolean | null;

export interface EngineResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly EngineValue[])[];
}

export interface EngineColumn {
  readonly name: string;
  /** DuckDB's name of the type, e.g. `DECIMAL(12,2)`, `STRUCT(a BIGINT)`. */
  readonly type: string;
}

/** How far a call is. */
export interface StatementProgress {
  /** Which one of its statements runs, from 0. */
  readonly statement: number;
  /** How many rows that statement has gone through, in all its steps, of how many, as the engine estimates; undefined when it does not know. */
  readonly rows?: { readonly done: number; readonly total: number };
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** After this the statement is interrupted; ENGINE_DEADLINE. */
  readonly deadlineMs?: number;
  /** Hears when each statement begins, and now and then how far it is. */
  readonly onProgress?: (progress: StatementProgress) => void;
  /** What the statements read and write is at most SMALL_BYTES_MAX: more than one thread would only cost. */
  readonly small?: boolean;
  /** The statement, which stands alone and leaves nothing behind, comes again with other values: it is planned once. */
  readonly kept?: boolean;
  /** Values for $1, $2, ... */
  readonly params?: readonly EngineValue[];
}

export interface Engine {
  /**
   * Runs statements, one a text, on one connection that nobody else sees; the last one's rows are the answer, at most
   * ENGINE_ROWS_MAX of them. An aborted call rejects with its signal's reason.
   * Throws ENGINE_SQL (see `sqlProblemOf`), ENGINE_DEADLINE, ENGINE_MEMORY, ENGINE_DISK_FULL, ENGINE_DIED (retryable).
   */
  run(sql: string | readonly string[], options?: RunOptions): Promise<EngineResult>;
  /** The columns that a query would give, without running it. The setup statements may create temporary tables. */
  describe(query: string, setup?: readonly string[]): Promise<readonly EngineColumn[]>;
  /** Writes the query's rows as an Arrow IPC stream file. */
  writeArrow(query: string, file: string, options?: RunOptions): Promise<void>;
  /** Resident memory of the process in bytes; 0 when it is not running. */
  rssBytes(): Promise<number>;
  close(): Promise<void>;
}
