/** Limits of transforms in TypeScript. */

/** What one record may take. */
export const RECORD_MS_MAX = 1_000;
/** The heap of the process in which a transform runs. */
export const HEAP_MB = 128;
/** A transform's file must be evaluated within this. */
export const LOAD_DEADLINE_MS = 10_000;
/** One batch, however slow its records are. */
export const BATCH_DEADLINE_MS = 60_000;
export const BATCH_RECORDS_MAX = 2_000;
export const BATCH_BYTES_MAX = 2 * 1024 * 1024;
/** How deep look-ups may depend on what other look-ups gave. */
export const LOOKUP_ROUNDS_MAX = 32;
/** Rows that were looked up are kept for later records, up to this many. */
export const KNOWN_ROWS_MAX = 50_000;
/** A process that nobody asked for this long is ended. */
export const IDLE_MS = 30_000;
