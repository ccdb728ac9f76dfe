/** All bounds of the engine, with their units. */

/** Statements that run at the same time in one engine; the rest waits. */
export const POOL_MAX = 8;
/** Calls that wait for a free place in the pool. */
export const QUEUE_MAX = 10_000;
/** Rows that one answer may have. */
export const ENGINE_ROWS_MAX = 1_000_000;
/** Bytes that one answer may have, as counted from its texts and numbers. */
export const ENGINE_ANSWER_BYTES_MAX = 256 * 1024 * 1024;

/** Threads for the calls into DuckDB: each running statement holds one, and files need some besides. */
export const LIBUV_THREADS = POOL_MAX * 2;

/** An interrupted statement that has not ended after this takes its process with it. */
export const INTERRUPT_GRACE_MS = 5_000;
/** An interrupt that comes between two steps of a statement is lost, so it is repeated this often. */
export const INTERRUPT_REPEAT_MS = 20;

/** A process that died is started again after this, doubled for each further death without an answer in between. */
export const RESTART_BACKOFF_MS = 50;
export const RESTART_BACKOFF_MAX_MS = 5_000;

/** Rows, and bytes, that are gathered for one record batch of an Arrow file. */
export const ARROW_BATCH_ROWS = 32 * 1024;
export const ARROW_BATCH_BYTES = 16 * 1024 * 1024;
