/** The rows of an answer as batches. */
import { WharfError } from '../../base/errors.ts';
import { CAPTURE_BATCH_BYTES_MAX, type CaptureBatch } from '../../kit/input.ts';
import { batchOf } from '../rows/record-batch.ts';
import type { RowShape } from '../rows/row-shape.ts';
import { type QueryCursor, Reached } from './query-cursor.ts';
import { QUERY_PLACE, type QuerySession } from './query-session.ts';

/** A character is up to three bytes; most are one. */
const BATCH_CHARACTERS = CAPTURE_BATCH_BYTES_MAX / 3;

export interface Answer<Value> {
  readonly session: QuerySession<Value>;
  readonly shape: RowShape<Value>;
  readonly cursor: QueryCursor;
  /** When it is asked. */
  readonly nowMs: number;
}

export async function* readWhole<Value>({
  session,
  shape,
  cursor,
  nowMs,
}: Answer<Value>): AsyncGenerator<CaptureBatch, QueryCursor> {
  const after: QueryCursor = { askedMs: nowMs };
  const lines = new Lines();
  let first = true;
  const batch = (last: boolean) =>
    batchOf(lines.take(), [], {
      table: QUERY_PLACE,
      cursor: last ? after : cursor,
      whole: { first, last, deletes: true },
    });
  for await (const rows of session.rows()) {
    for (const cells of rows) {
      const line = shape.document(shape.members(cells));
      if (!lines.hasRoom(line)) {
        yield batch(false);
        first = false;
      }
      lines.add(line);
    }
  }
  yield batch(true);
  return after;
}

/** Throws QUERY_OPTIONS_INVALID when the answer has no such column. */
export async function* readNews<Value>(
  { session, shape, cursor, nowMs }: Answer<Value>,
  by: string,
): AsyncGenerator<CaptureBatch, QueryCursor> {
  const index = columnIndex(session, by);
  const reached = new Reached(cursor.last);
  const from = cursor.last?.value;
  const lines = new Lines();
  const batch = (at: QueryCursor) => batchOf(lines.take(), [], { table: QUERY_PLACE, cursor: at });
  for await (const rows of session.rows({ by, ...(from === undefined ? {} : { from }) })) {
    for (const cells of rows) {
      const value = cells[index];
      if (value === undefined || value === null)
        throw new Error('Invariant broken: a row without a value of the growing column');
      const line = shape.document(shape.members(cells));
      if (!lines.hasRoom(line)) yield batch({ ...cursor, ...reached.last });
      if (reached.take(session.valueText(value, by), line)) lines.add(line);
    }
  }
  const after: QueryCursor = { ...reached.last, askedMs: nowMs };
  yield batch(after);
  return after;
}

function columnIndex<Value>({ columns }: QuerySession<Value>, by: string): number {
  const index = columns.findIndex(({ name }) => name === by);
  if (index >= 0) return index;
  throw new WharfError('QUERY_OPTIONS_INVALID', `The query has no column "${by}", which "by" names.`, {
    hint: `It has: ${columns.map(({ name }) => name).join(', ')}.`,
  });
}

/** Lines on their way into one batch. */
class Lines {
  #lines: string[] = [];
  #size = 0;

  hasRoom(line: string): boolean {
    return this.#lines.length === 0 || this.#size + line.length <= BATCH_CHARACTERS;
  }

  add(line: string): void {
    this.#lines.push(line);
    this.#size += line.length + 1;
  }

  take(): readonly string[] {
    const lines = this.#lines;
    this.#lines = [];
    this.#size = 0;
    return lines;
  }
}
