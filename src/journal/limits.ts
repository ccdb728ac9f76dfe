/** The bounds of a journal. All of them can be set when it is opened. */
export interface JournalLimits {
  /** Small groups start at least this far apart, so that there are at most 1,000 / this many syncs of them a second. */
  readonly commitIntervalMs: number;
  /** A group with so many bytes is worth a sync of its own, and does not wait for the interval. */
  readonly promptBytes: number;
  /** A group takes at most so many commits, and stops growing once it has so many bytes. */
  readonly groupCommitsMax: number;
  readonly groupBytesMax: number;
  /** So many commits, with so many bytes, may wait; more are refused with JOURNAL_BUSY. */
  readonly waitingCommitsMax: number;
  readonly waitingBytesMax: number;
  /** One commit, all its bodies together. */
  readonly commitBytesMax: number;
  /** Neighbouring appends of one group become one block while it stays below this. */
  readonly blockBytesMax: number;
  /** Nothing is appended when the disk would have less than this left; trims and cursors still are. */
  readonly diskReserveBytes: number;
}

export const DEFAULT_JOURNAL_LIMITS: JournalLimits = {
  commitIntervalMs: 5,
  promptBytes: 16 * 1024,
  groupCommitsMax: 4_096,
  groupBytesMax: 8 * 1024 * 1024,
  waitingCommitsMax: 20_000,
  waitingBytesMax: 512 * 1024 * 1024,
  commitBytesMax: 64 * 1024 * 1024,
  blockBytesMax: 512 * 1024,
  diskReserveBytes: 64 * 1024 * 1024,
};

/** Names of streams, datasets and tasks, in UTF-8. LMDB keys have at most 1,978 bytes. */
export const NAME_BYTES_MAX = 1_024;
