/**
 * Runs and snapshots of all streams, as everybody else sees them.
 *
 * The journal holds the newest records; runs (immutable Parquet files) hold the rest. A *relation* is the SQL text of one
 * dataset at one position; the files that it names stay until it is released.
 */

import type { StreamId } from '../journal/journal.ts';
import type { Dataset } from '../schema/field.ts';
import type { Lens } from '../schema/lens.ts';
import type { RowsPage, RowsQuery } from '../schema/rows-query.ts';
import type { RowKey } from './row-key.ts';
import type { WorkCount } from './work-count.ts';

/** What the store must know of a stream before it can flush or read it. */
export interface StreamSchema {
  readonly stream: StreamId;
  readonly datasets: readonly Dataset[];
  /** How long records stay in history; undefined for ever. */
  readonly historyMs: number | undefined;
}

export interface Relation {
  readonly position: number;
  /** A SELECT over the dataset's columns: the state for keyed datasets, the records otherwise. */
  readonly sql: string;
  /**
   * The same, of the rows that meet a condition over columns of the key (for a dataset without a key, over any): files are read for
   * these rows only, before records are reduced.
   */
  where(condition: string): string;
  /**
   * Rows among which every row of `sql` is, and besides them earlier values of these rows and rows that were deleted since: what was
   * written, not reduced. Much cheaper to read through than `sql`.
   */
  readonly superset: string;
  /** The paths that the SELECT reads: they stay as they are until it is released. */
  readonly files: readonly string[];
  /** What these files take, compressed. */
  readonly bytes: number;
  release(): void;
}

/** A record as it is seen. */
export interface SeenRecord {
  readonly position: number;
  readonly op: 'upsert' | 'delete';
  /** JSON texts; the document of a delete is `null`. */
  readonly key: string;
  readonly document: string;
}

/** One record of history. */
export interface HistoryRecord {
  readonly position: number;
  readonly timeUs: number;
  readonly op: 'upsert' | 'delete';
  /** JSON text in JSON form; key's JSON text likewise. */
  readonly document: string;
  readonly key: string;
}

export interface VerifyReport {
  readonly stream: StreamId;
  readonly dataset: string;
  readonly position: number;
  readonly rows: number;
  /** Rows of the state that the log does not give, and the other way round; at most VERIFY_SAMPLES_MAX are shown. */
  readonly missing: number;
  readonly unexpected: number;
  readonly samples: readonly { readonly side: 'missing' | 'unexpected'; readonly row: string }[];
}

export interface DatasetStats {
  readonly dataset: string;
  readonly stateRuns: number;
  readonly historyRuns: number;
  readonly bytes: number;
  readonly records: number;
}

/** Rows of a keyed dataset that are kept at hand, at one position at a time. They may stand beside what they were asked for: then files are read. */
export interface NearRows {
  /** Whether to bring them to the position, at or after their own, takes no more than a moment. */
  areClose(position: number): boolean;
  /**
   * Brings them to the position. False where they do not stand there: they are at a later one already, or too far away, or will be built
   * when they are asked for often enough.
   */
  advance(position: number): Promise<boolean>;
  /** The keys of the records in (after, through]; undefined when some of these are no longer in the journal, or they are more than `max`. */
  touched(after: number, through: number, max: number): readonly RowKey[] | undefined;
  /** The rows of the keys with these names (`keyName`), in their order, as JSON; undefined where the rows do not stand at the position. */
  readAll(position: number, names: readonly string[]): readonly (string | undefined)[] | undefined;
}

export interface Store {
  /** Registers a stream; idempotent. A changed dataset (a field added) applies to what is flushed from then on. */
  open(schema: StreamSchema): void;
  /** A relation of the dataset at the position (at most the journal's head). Throws POSITION_GONE, RUN_DAMAGED. */
  snapshot(stream: StreamId, dataset: string, position: number): Promise<Relation>;
  /**
   * The records of the dataset in (after, through], as they were journaled: `_position, _time, _op` (1 for a delete) and the
   * columns. Throws POSITION_UNKNOWN, RUN_DAMAGED.
   */
  records(stream: StreamId, dataset: string, after: number, through: number): Promise<Relation>;
  /** The last position that was journaled at or before the instant; 0 when the first came later. */
  positionAt(stream: StreamId, timeUs: number): Promise<number>;
  /** The oldest position that can still be read at. */
  oldest(stream: StreamId): number;
  /** With a lens, what is seen through it: filters, order and count are of that. */
  rows(stream: StreamId, dataset: string, position: number, query: RowsQuery, lens?: Lens): Promise<RowsPage>;
  /** One row as JSON by the text forms of its key's fields. Fast at the head, by way of a key view. */
  row(
    stream: StreamId,
    dataset: string,
    position: number,
    key: readonly string[],
    lens?: Lens,
  ): Promise<string | undefined>;
  /** Only of keyed datasets. */
  near(stream: StreamId, dataset: string): NearRows;
  /** Writes the dataset at the position as a file of the format into `file`. */
  writeFile(options: {
    stream: StreamId;
    dataset: string;
    position: number;
    format: 'parquet' | 'csv' | 'ndjson' | 'json' | 'arrow';
    defuseFormulas: boolean;
    file: string;
    lens?: Lens | undefined;
    signal?: AbortSignal;
  }): Promise<void>;
  /** Records in (after, through] as they are seen through a lens, in order. Throws STREAM_PARTIAL, POSITION_GONE, RUN_DAMAGED. */
  seen(
    stream: StreamId,
    dataset: string,
    range: { readonly after: number; readonly through: number },
    lens: Lens,
  ): Promise<readonly SeenRecord[]>;
  /** Records of positions in [from, to], in order, at most `limit`; for streams that start before the journal's tail. */
  history(
    stream: StreamId,
    from: number,
    to: number,
    limit: number,
  ): Promise<readonly (HistoryRecord & { dataset: string })[]>;
  /**
   * Compares staged documents (an NDJSON file in journal form) with the state at the head, and writes what differs to `out`
   * as NDJSON in journal form: first the deletes, then the upserts. With `deletes`, keys that are not staged become deletes.
   */
  difference(options: {
    stream: StreamId;
    dataset: string;
    staged: string;
    deletes: boolean;
    out: string;
  }): Promise<{ readonly upserts: number; readonly deletes: number }>;
  /** Makes runs of everything journaled so far, durably, and lets the journal forget it. */
  flush(stream: StreamId): Promise<void>;
  /** Recomputes the state from history alone and compares it, row by row, with what snapshots show. */
  verify(stream: StreamId, dataset: string): Promise<VerifyReport>;
  stats(stream: StreamId): readonly DatasetStats[];
  /** What was done to its runs since the store was opened. */
  work(stream: StreamId): WorkCount;
  /** Flushes and compacts what is due; called regularly by the runtime. */
  maintain(): Promise<void>;
  close(): Promise<void>;
}
