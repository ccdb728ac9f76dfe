/**
 * The durable log, as everybody else sees it.
 *
 * A *stream* is the log of one product version (`flights.departures@1`), or of what one of its inputs sent before mapping
 * (`flights.departures@1/source`). Its records have positions 1, 2, 3, ... without gaps. Records are appended in
 * *blocks*; everything in one `commit` (blocks of any streams, and cursors) becomes durable as a whole, or not at all.
 *
 * Nothing here says how it is stored; Kafka may take its place.
 */

export type StreamId = string;

export interface Append {
  readonly stream: StreamId;
  readonly dataset: string;
  readonly count: number;
  /** `count` JSON documents in journal form, each on one line that ends with `\n`. */
  readonly body: Uint8Array;
  /** Indices (from 0, ascending) of the records in the body that are deletes; their documents hold at least the key. */
  readonly deletes?: readonly number[];
}

/** A small JSON value under a task's name: how far it has read. `undefined` removes it. */
export interface CursorUpdate {
  readonly task: string;
  readonly value: unknown;
}

/** Forgets the blocks of a stream that end at or before `through`, because runs hold their records now. */
export interface Trim {
  readonly stream: StreamId;
  readonly through: number;
}

export interface Commit {
  readonly appends?: readonly Append[];
  readonly cursors?: readonly CursorUpdate[];
  readonly trims?: readonly Trim[];
}

export interface Committed {
  /** For each append, in order, the positions that its records got. */
  readonly positions: readonly { readonly first: number; readonly last: number }[];
  /** Microseconds since 1970, UTC; never smaller than an earlier commit's. */
  readonly timeUs: number;
}

export interface Block {
  readonly stream: StreamId;
  readonly dataset: string;
  readonly first: number;
  readonly last: number;
  readonly timeUs: number;
  readonly body: Uint8Array;
  readonly deletes: readonly number[];
}

/** Counted since the journal was opened. */
export interface JournalStats {
  /** Synced writes; each may hold many commits. */
  readonly commits: number;
  readonly records: number;
  /** Bytes written, with headers and cursors. */
  readonly bytes: number;
  /** Commits that wait for their write now. */
  readonly waiting: number;
}

export interface Journal {
  /**
   * Appends, and resolves when everything is on disk. Commits made at the same time share one sync, and keep the
   * order in which they were called. Bodies must stay as they are until then.
   * Rejects with JOURNAL_FULL, JOURNAL_BUSY (both retryable), JOURNAL_SYNC_FAILED, JOURNAL_CLOSED,
   * JOURNAL_COMMIT_TOO_LARGE, JOURNAL_NAME_INVALID; then nothing of this commit is there, now or after a restart.
   */
  commit(commit: Commit): Promise<Committed>;
  /** The last durable position; 0 for a stream without records. */
  head(stream: StreamId): number;
  /** Time of the last durable record, microseconds; 0 for none. */
  headTimeUs(stream: StreamId): number;
  /** The first position that is still held as a block; head + 1 when none is. */
  tail(stream: StreamId): number;
  /**
   * Durable blocks that hold positions in [from, to], whole, in order, lazily. Throws JOURNAL_DAMAGED naming the
   * place, and POSITION_TRIMMED when `from` lies before `tail`.
   */
  read(stream: StreamId, from: number, to?: number): IterableIterator<Block>;
  /** As it was committed last: never seen before the head of a stream that the same commit appended to. */
  cursor(task: string): unknown;
  /** All cursors whose task starts with the prefix, ordered by task. */
  cursors(prefix: string): IterableIterator<{ readonly task: string; readonly value: unknown }>;
  /** Streams that have records. */
  streams(): readonly StreamId[];
  /** Calls back after each synced write that appended to the stream. Returns the way to stop. */
  onAppend(stream: StreamId, listener: (head: number) => void): () => void;
  stats(): JournalStats;
  /** Bytes of blocks held for the stream. */
  heldBytes(stream: StreamId): number;
  close(): Promise<void>;
}
