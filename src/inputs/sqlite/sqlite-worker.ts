/**
 * Asks one query of one copy of a SQLite database, in a thread of its own: SQLite answers nobody else while it works, and a thread can be ended.
 * Memory is bounded where WebAssembly asks for more of it, since this build of SQLite counts none and keeps all that it sorts in memory.
 */
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { QueryResult, SQLiteValue, Statement } from 'node-sqlite3-wasm';
import type { SqliteOpening, SqliteReply, SqliteRequest, SqliteRow, SqliteValue } from './sqlite-messages.ts';

const MEMORY_BYTES_MAX = 512 * 1024 * 1024;
const PAGE_BYTES = 65_536;
const ROWS_MAX = 1_000;
const ROWS_BYTES_MAX = 256 * 1024;
const NUMBER_BYTES = 8;

const { file, sql } = workerData as SqliteOpening;

/** What the types of the platform leave out. */
interface GrowingMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

const { Memory } = (globalThis as unknown as { WebAssembly: { Memory: { prototype: GrowingMemory } } })
  .WebAssembly;
let outOfMemory = false;
const grow = Memory.prototype.grow;
Memory.prototype.grow = function (this: GrowingMemory, pages: number): number {
  if (this.buffer.byteLength + pages * PAGE_BYTES > MEMORY_BYTES_MAX) {
    outOfMemory = true;
    throw new RangeError('The memory of SQLite is bounded');
  }
  return grow.call(this, pages);
};

// Loaded behind the bound. It looks for the program beside itself.
const { Database } = createRequire(import.meta.url)(
  'node-sqlite3-wasm',
) as typeof import('node-sqlite3-wasm');
const database = new Database(file, { fileMustExist: true });
// Alone with its copy, SQLite needs no memory shared with others to read a write-ahead log.
for (const pragma of ['locking_mode=exclusive', 'trusted_schema=off', 'synchronous=off'])
  database.exec(`pragma ${pragma}`);

const nameOf = (text: string): string => `"${text.replaceAll('"', '""')}"`;
let columns: readonly string[] = [];
let statement: Statement | undefined;
let rows: IterableIterator<QueryResult> | undefined;

/** The query as a view: its columns have names then, and it can be nothing but a query. */
function describe(): readonly string[] {
  database.exec(`create temp view wharf_query as select * from (${sql}\n)`);
  database.exec('pragma query_only=on');
  columns = database
    .all(`select name from pragma_table_xinfo('wharf_query', 'temp')`)
    .map((row) => String(row.name));
  return columns;
}

/** Texts come as their bytes, since they may hold a NUL, and with each row the types of its values: one letter each. */
function ask(by: string | undefined, from: SQLiteValue | undefined): void {
  const values = columns.map((column, i) => {
    const name = `q.${nameOf(column)}`;
    return `case typeof(${name}) when 'text' then cast(${name} as blob) else ${name} end as "${i}"`;
  });
  const types = columns.map((column) => `substr(typeof(q.${nameOf(column)}), 1, 1)`).join(' || ');
  // Bytes decide, whatever collation the column has: two values are equal only when they are the same.
  const column = by === undefined ? '' : `q.${nameOf(by)} collate binary`;
  const where = from === undefined ? `${column} is not null` : `${column} >= ?`;
  const range = by === undefined ? '' : ` where ${where} order by ${column}`;
  statement = database.prepare(
    `select ${values.join(', ')}, ${types} as types from temp.wharf_query q${range}`,
  );
  rows = statement.iterate(from === undefined ? [] : [from]);
}

function more(): readonly SqliteRow[] {
  const taken: SqliteRow[] = [];
  for (let bytes = 0; taken.length < ROWS_MAX && bytes < ROWS_BYTES_MAX; ) {
    const next = rows?.next();
    if (!next || next.done) return taken;
    const row = readRow(next.value as Record<string, SQLiteValue>);
    for (const value of row)
      bytes += typeof value === 'string' || value instanceof Uint8Array ? value.length : NUMBER_BYTES;
    taken.push(row);
  }
  return taken;
}

function readRow(row: Record<string, SQLiteValue>): SqliteRow {
  const types = String(row.types);
  return columns.map((_, i): SqliteValue | null => {
    const value = row[i] ?? null;
    return types[i] === 't' && value instanceof Uint8Array ? Buffer.from(value.buffer).toString() : value;
  });
}

function answer(request: SqliteRequest): SqliteReply {
  switch (request.kind) {
    case 'columns':
      return { columns: describe() };
    case 'ask':
      ask(request.by, request.from);
      return { rows: more() };
    case 'more':
      return { rows: more() };
  }
}

parentPort?.on('message', (request: SqliteRequest) => {
  let reply: SqliteReply;
  try {
    reply = answer(request);
  } catch (thrown) {
    reply = { failed: thrown instanceof Error ? thrown.message : String(thrown), outOfMemory };
  }
  parentPort?.postMessage(reply);
});
