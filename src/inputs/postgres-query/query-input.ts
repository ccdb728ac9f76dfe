/**
 * The input `postgres-query`: asks a query at each instant of a schedule; instants that were missed are made up for once.
 *
 * Read as a whole, the answer is compared with what the product holds. Read by a growing column, rows come in its order, and the
 * cursor holds its last value and the check sums of the rows that have it: the next answer begins with that value again, so that rows
 * which were committed later with the same value are not left out, and those that came before do not come twice.
 */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { WharfError } from '../../base/errors.ts';
import type { NamedConnection } from '../../kit/connection.ts';
import {
  CAPTURE_BATCH_BYTES_MAX,
  type CaptureBatch,
  type CaptureContext,
  definePullInput,
} from '../../kit/input.ts';
import {
  askPostgres,
  openPostgres,
  postgresError,
  postgresName,
  postgresText,
} from '../../kit/postgres-client.ts';
import { splitCopyRow } from '../../protocols/postgres/copy-text.ts';
import { sleepLong } from '../poll-times.ts';
import { breakOff, CopyStream, copyLine } from '../postgres/copy-stream.ts';
import { batchOf } from '../postgres/record-batch.ts';
import { type ColumnName, RowShape } from '../postgres/row-shape.ts';
import { SourceTypes } from '../postgres/source-types.ts';
import { type QueryOptions, queryOptionFields, readQueryOptions } from './query-options.ts';

const BATCH_CHARACTERS = CAPTURE_BATCH_BYTES_MAX / 2;
/** Rows with one value of the growing column; with more of them, its values are too coarse to go by. */
const SAME_VALUE_MAX = 10_000;
const PLACE = 'query';

export const postgresQueryInput = definePullInput({
  name: 'postgres-query',
  doc: 'A query to a PostgreSQL database, asked on a schedule.',
  options: queryOptionFields,
  capture,
});

interface QueryCursor {
  /** When it was last asked to the end, in milliseconds since 1970. */
  readonly askedMs?: number;
  readonly last?: { readonly value: string; readonly seen: readonly string[] };
}

async function* capture(context: CaptureContext): AsyncGenerator<CaptureBatch> {
  try {
    yield* ask(context, readQueryOptions(context.options));
  } catch (thrown) {
    if (!context.signal.aborted) throw thrown;
  }
}

async function* ask(context: CaptureContext, options: QueryOptions): AsyncGenerator<CaptureBatch> {
  const { clock, signal } = context;
  const { schedule } = options;
  let cursor = (context.cursor ?? {}) as QueryCursor;
  for (;;) {
    const nowMs = clock.nowMs();
    const isDue = cursor.askedMs === undefined || schedule.latest(nowMs) > cursor.askedMs;
    if (isDue) cursor = yield* askOnce(context, options, cursor, nowMs);
    context.caughtUp();
    await sleepLong(clock, Math.max(1, schedule.next(clock.nowMs()) - clock.nowMs()), signal);
  }
}

async function* askOnce(
  context: CaptureContext,
  options: QueryOptions,
  cursor: QueryCursor,
  nowMs: number,
): AsyncGenerator<CaptureBatch, QueryCursor> {
  const { connection, signal } = context;
  if (!connection) throw new Error('Invariant broken: the option "connection" is required');
  const client = await openPostgres(
    { ...context, connection },
    { application: `wharf ${context.id}`.slice(0, 63) },
  );
  const close = () => breakOff(client);
  signal.addEventListener('abort', close, { once: true });
  try {
    await askPostgres(client, connection, 'begin isolation level repeatable read read only');
    const columns = await columnsOf(client, connection, options.sql);
    const { fields, keepsExtra, key } = context;
    const types = new SourceTypes(client, connection);
    const shape = await RowShape.of({ table: PLACE, fields, keepsExtra, key }, columns, types);
    const asking = { context, connection, client, shape, columns, options, cursor, nowMs };
    return yield* options.by === undefined ? readWhole(asking) : readNews(asking, options.by);
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
}

interface Asking {
  readonly context: CaptureContext;
  readonly connection: NamedConnection;
  readonly client: pg.Client;
  readonly shape: RowShape;
  readonly columns: readonly ColumnName[];
  readonly options: QueryOptions;
  readonly cursor: QueryCursor;
  readonly nowMs: number;
}

async function columnsOf(client: pg.Client, connection: NamedConnection, sql: string): Promise<ColumnName[]> {
  try {
    const { fields } = await client.query(`select * from (${sql}\n) q limit 0`);
    return fields.map(({ name, dataTypeID }) => ({ name, typeOid: dataTypeID }));
  } catch (thrown) {
    throw postgresError(thrown, connection);
  }
}

/** The cells of the answer's rows, as they come. */
async function* rowsOf(
  { client, connection, context }: Asking,
  sql: string,
): AsyncGenerator<(string | null)[]> {
  const stream = new CopyStream(client, connection, `copy (${sql}) to stdout`, { decode: copyLine });
  for (let rows = await stream.take(context.signal); rows; rows = await stream.take(context.signal))
    for (const row of rows) yield splitCopyRow(row);
}

async function* readWhole(asking: Asking): AsyncGenerator<CaptureBatch, QueryCursor> {
  const { shape, cursor, nowMs, options } = asking;
  const after: QueryCursor = { askedMs: nowMs };
  let lines: string[] = [];
  let size = 0;
  let first = true;
  const batch = (last: boolean) =>
    batchOf(lines, [], {
      table: PLACE,
      cursor: last ? after : cursor,
      whole: { first, last, deletes: true },
    });
  for await (const cells of rowsOf(asking, `select * from (${options.sql}\n) q`)) {
    const line = shape.document(shape.members(cells));
    if (size + line.length > BATCH_CHARACTERS && lines.length > 0) {
      yield batch(false);
      first = false;
      lines = [];
      size = 0;
    }
    lines.push(line);
    size += line.length;
  }
  yield batch(true);
  return after;
}

async function* readNews(asking: Asking, by: string): AsyncGenerator<CaptureBatch, QueryCursor> {
  const { shape, columns, options, nowMs, connection, client } = asking;
  const index = columns.findIndex((column) => column.name === by);
  if (index < 0)
    throw new WharfError('POSTGRES_OPTIONS_INVALID', `The query has no column "${by}", which "by" names.`, {
      hint: `It has: ${columns.map((column) => column.name).join(', ')}.`,
    });
  const column = `q.${postgresName(by)}`;
  const [type] = await askPostgres<{ text: string }>(
    client,
    connection,
    'select format_type($1::oid, null) as text',
    [columns[index]?.typeOid],
  );
  const from = asking.cursor.last;
  const where = from
    ? `where ${column} >= ${postgresText(from.value)}::${type?.text}`
    : `where ${column} is not null`;
  const reached = new Reached(from);
  let lines: string[] = [];
  let size = 0;
  for await (const cells of rowsOf(
    asking,
    `select q.* from (${options.sql}\n) q ${where} order by ${column}`,
  )) {
    const line = shape.document(shape.members(cells));
    if (size + line.length > BATCH_CHARACTERS && lines.length > 0) {
      yield batchOf(lines, [], { table: PLACE, cursor: { ...asking.cursor, ...reached.last } });
      lines = [];
      size = 0;
    }
    if (!reached.take(cells[index] ?? '', line)) continue;
    lines.push(line);
    size += line.length;
  }
  const after: QueryCursor = { ...reached.last, askedMs: nowMs };
  yield batchOf(lines, [], { table: PLACE, cursor: after });
  return after;
}

/** The last value of the growing column, and which rows have it. */
class Reached {
  #value: string | undefined;
  #seen: Set<string>;

  constructor(last: QueryCursor['last']) {
    this.#value = last?.value;
    this.#seen = new Set(last?.seen);
  }

  get last(): Pick<QueryCursor, 'last'> {
    return this.#value === undefined ? {} : { last: { value: this.#value, seen: [...this.#seen] } };
  }

  /** False for a row that came before. Throws POSTGRES_OPTIONS_INVALID when too many rows have one value. */
  take(value: string, line: string): boolean {
    const sum = createHash('sha256').update(line).digest('base64').slice(0, 16);
    if (value !== this.#value) {
      this.#value = value;
      this.#seen = new Set();
    }
    if (this.#seen.has(sum)) return false;
    this.#seen.add(sum);
    if (this.#seen.size <= SAME_VALUE_MAX) return true;
    throw new WharfError(
      'POSTGRES_OPTIONS_INVALID',
      `More than ${SAME_VALUE_MAX} rows have the value "${value}" of the column that "by" names.`,
      { hint: 'Name a column whose values tell changes apart, or read the answer as a whole.' },
    );
  }
}
