/** All bounds of the engine, with their units. */

/** Statements that run at the same time in one engine; the rest waits. */
export const POOL_MAX = 8;
/** Calls that wait for a free place in the pool. */
export const QUEUE_MAX = 10_000;
/** Bytes of files (compressed ones) up to which a statement that reads them is called small. */
export const SMALL_BYTES_MAX = 4 * 1024 * 1024;
/** Memory of the database for small statements, and how many of these a process runs before it opens it. */
export const SMALL_MEMORY_MB = 96;
export const SMALL_TASKS_BEFORE = 50;
/** What ran out of memory is run again with so many times of it, one statement at a time: sorting 40,000 rows of 1,000 columns takes 600 MB. */
export const ALONE_MEMORY_TIMES = 2;
/** Statements that a database keeps prepared though nobody runs them. */
export const KEPT_STATEMENTS_MAX = 32;
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

/**
 * Tasks after which a process is followed by a new one, at once, or once it is that old. DuckDB (1.5) does not give back some 10 KB of
 * each statement with joins, also once its connection is closed. A new process takes about 0.2 s of a processor.
 */
export const PROCESS_TASKS_MAX = 5_000;
export const PROCESS_TASKS_OLD = 1_000;
export const PROCESS_OLD_MS = 60_000;

/** A process that died is started again after this, doubled for each further death without an answer in between. */
export const RESTART_BACKOFF_MS = 50;
export const RESTART_BACKOFF_MAX_MS = 5_000;

/** How often a statement that somebody watches tells how far it is. */
export const PROGRESS_EVERY_MS = 250;

/** Rows, and bytes, that are gathered for one record batch of an Arrow file. */
export const ARROW_BATCH_ROWS = 32 * 1024;
export const ARROW_BATCH_BYTES = 16 * 1024 * 1024;

/** Guest processes at once, and those that are kept though nobody uses them. */
export const GUESTS_MAX = 4;
/** Guests that one consumer has at once: there is always one for the others. */
export const GUESTS_EACH_MAX = GUESTS_MAX - 1;
/** A statement that is held open, and not asked for rows for so long, is ended when somebody waits for its guest. */
export const GUEST_IDLE_MS = 5_000;
/** Statements of one consumer that wait for a guest. */
export const GUEST_QUEUE_MAX = 1_000;
/** What a guest's engine may take for its data; the limit from outside adds what the process itself needs. */
export const GUEST_MEMORY_MB = 384;
export const GUEST_PROCESS_MEMORY_MB = 640;
/** Temporary data that one guest may spill, and how long it may work on one step of a statement. */
export const GUEST_SPILL_MB = 1_024;
export const GUEST_DEADLINE_MS = 30_000;
/** How often the processor time of a statement that runs is looked at. */
export const GUEST_WATCH_MS = 100;
/**
 * Processor time of one consumer, half of which is forgotten in each half-life, from which on its guests give way to others: as much as
 * half a processor takes all the time. Where a machine has that little to give, nobody is made to wait for longer.
 */
export const WORK_MUCH_MS = 750;
export const WORK_HALF_LIFE_MS = 1_000;
/** Consumers whose work is known. */
export const CONSUMERS_MAX = 1_000;
/**
 * Tasks, of which a statement has one to four, after which a guest is ended, at once, or once it is that old; the next statement has another
 * one started, which takes about 0.3 s. A guest grows by some 4 KB with each statement over other files than before, half of it in V8's heap and
 * half in that of C.
 */
export const GUEST_TASKS_MAX = 5_000;
export const GUEST_TASKS_OLD = 250;
export const GUEST_OLD_MS = 300_000;
/** A guest that does not let go of a stopped statement within this is killed. */
export const GUEST_GRACE_MS = 1_000;
/** Databases, one a set of files, that a guest keeps open, and prepared statements that it keeps in each. */
export const GUEST_DATABASES_MAX = 4;
export const GUEST_PREPARED_MAX = 64;
/** Bytes of one page of rows; a single row may be longer. */
export const GUEST_PAGE_BYTES = 256 * 1024;
/** Bytes of a statement's text. */
export const GUEST_SQL_BYTES_MAX = 256 * 1024;
/** Threads for the calls into DuckDB, of which there is one at a time, and for its answers' file. */
export const GUEST_LIBUV_THREADS = 2;
/** Threads of a guest's engine. */
export const GUEST_THREADS = 2;
