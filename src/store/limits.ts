/** All bounds of the store, with their units. */
export interface StoreLimits {
  /** Journaled bytes of a stream after which they are flushed to runs. */
  readonly flushBytes: number;
  /** ... and so many records: small ones take longer than their bytes say, and a start waits for what is not flushed. */
  readonly flushRecords: number;
  /** Journaled bytes that one flush takes at most; the rest follows in the next. A single block may exceed it. */
  readonly flushBytesMax: number;
  /** A read that needs records of a stream with this many journaled bytes waits for their flush, and has it begin. */
  readonly joinFlushBytes: number;
  /** Age of the oldest journaled record after which a stream is flushed ... */
  readonly flushAgeMs: number;
  /** ... and this one while less than `flushSmallBytes` wait: a run is worth its files only when it holds something. */
  readonly flushAgeSmallMs: number;
  readonly flushSmallBytes: number;
  /** Runs of one kind of a dataset that are never exceeded. */
  readonly runsMax: number;
  /** Runs of a dataset above which merges are not put off any more in favour of flushes. */
  readonly unmergedRunsMax: number;
  /** Adjacent runs of similar size that are merged into one. */
  readonly mergeFanIn: number;
  /** Unflushed records are kept in at most this many temporary runs a dataset. */
  readonly tailRunsMax: number;
  /** Records without a state run that get one of their own, while the base is too large to take them in. */
  readonly deltaRowsMin: number;
  /** State runs and new records become one base when they exceed this share of the base's while records keep coming ... */
  readonly baseShareBusy: number;
  /** ... and this one when none came for `idleMs`; a base of at most `baseRowsCheap` is then always brought up to date. */
  readonly baseShareIdle: number;
  readonly baseRowsCheap: number;
  /** While records keep coming, a larger first base is written when so many records wait for it. */
  readonly baseRowsBusy: number;
  /** No such base is begun so soon after a start: who waited for the start reads now, and the processor is theirs. */
  readonly startMs: number;
  /**
   * ... and a larger one once this many reads had to reduce newer records, or went through small groups of rows: together they cost more
   * than writing it anew.
   */
  readonly baseReads: number;
  readonly idleMs: number;
  /** A state that could not be computed is tried again after this. */
  readonly stateRetryMs: number;
  /** A stream whose flush or merge failed is left alone for this, doubled with each failure up to the most. */
  readonly retryMs: number;
  readonly retryMsMax: number;
  /** A read is given up after this. */
  readonly readDeadlineMs: number;
  /** A flush, merge or export is given up after this. */
  readonly writeDeadlineMs: number;
  /** Streams that `maintain` works on at the same time. */
  readonly maintainStreams: number;
  /** Look-ups of rows by key at the head after which a dataset gets a key view. */
  readonly keyViewAfterLookups: number;
  /** Look-ups that wait for the engine and are answered by one query. */
  readonly lookupBatchMax: number;
  /** Records that a key view takes from the journal itself; more of them come by way of the engine. */
  readonly keyViewAtHandRecords: number;
  /** Steps of derived products that would have used a key view, after which it is built. */
  readonly keyViewAfterSteps: number;
  /** Derived products have no key view built of a stream with more records than these. */
  readonly keyViewNearRecords: number;
  /** Rows that are put into a key view before other work gets its turn. */
  readonly keyViewSliceRows: number;
  /** Rows of a key view, and characters of them, that are kept in memory before they are put into its storage together. */
  readonly keyViewRecentRows: number;
  readonly keyViewRecentLength: number;
  /** Characters of the rows of all key views that are kept so. */
  readonly keyViewsRecentLength: number;
}

export const STORE_LIMITS: StoreLimits = {
  flushBytes: 48 * 1024 * 1024,
  flushRecords: 1_000_000,
  flushBytesMax: 64 * 1024 * 1024,
  joinFlushBytes: 16 * 1024 * 1024,
  flushAgeMs: 60_000,
  flushAgeSmallMs: 10 * 60_000,
  flushSmallBytes: 256 * 1024,
  runsMax: 16,
  unmergedRunsMax: 8,
  mergeFanIn: 4,
  tailRunsMax: 12,
  deltaRowsMin: 50_000,
  baseShareBusy: 1,
  baseShareIdle: 0.05,
  baseRowsCheap: 100_000,
  baseRowsBusy: 1_000_000,
  startMs: 10_000,
  baseReads: 8,
  idleMs: 5_000,
  stateRetryMs: 10 * 60_000,
  retryMs: 1_000,
  retryMsMax: 60_000,
  readDeadlineMs: 30_000,
  writeDeadlineMs: 30 * 60_000,
  maintainStreams: 2,
  keyViewAfterLookups: 20,
  lookupBatchMax: 256,
  keyViewAtHandRecords: 20_000,
  keyViewAfterSteps: 3,
  keyViewNearRecords: 10_000_000,
  keyViewSliceRows: 1_000,
  keyViewRecentRows: 50_000,
  keyViewRecentLength: 8 * 1024 * 1024,
  keyViewsRecentLength: 64 * 1024 * 1024,
};

/** Rows of a mismatch that `verify` shows, of each side. */
export const VERIFY_SAMPLES_MAX = 20;
/** Times that a read starts over because files went bad, or the journal let go of blocks, under it. */
export const READ_ATTEMPTS_MAX = 5;

/**
 * While records keep coming, groups are small: larger ones left 150 to 250 MB more of memory with the engine over 5,000,000 records.
 * Large ones are scanned in up to half the time; a look-up by key, which reads a whole group, soon has an index of its own.
 */
export const STATE_ROW_GROUP_ROWS = 20_480;
export const SCAN_ROW_GROUP_ROWS = 122_880;
/** Rows times columns of a group. */
export const ROW_GROUP_VALUES_MAX = 4_194_304;
