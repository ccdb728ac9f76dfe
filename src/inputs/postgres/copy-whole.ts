/**
 * Reads a table as one whole, in one snapshot: where changes were lost, or where no key is told with each change. What the product
 * holds is compared with it, and only what differs is journaled, deletes included.
 */
import type { CaptureBatch } from '../../kit/input.ts';
import { postgresName } from '../../kit/postgres-client.ts';
import { batchOfLines } from '../rows/record-batch.ts';
import { type CopiedLines, CopyRows } from './copy-rows.ts';
import { CopyStream } from './copy-stream.ts';
import type { PostgresCursor } from './postgres-cursor.ts';
import { readerOf, type SharedSnapshot } from './shared-snapshot.ts';
import type { SourceSession } from './source-session.ts';
import { shapeOf } from './table-shape.ts';

/** The last batch has the cursor `after`, and moves it; all are open. */
export async function* copyWhole(
  session: SourceSession,
  snapshot: SharedSnapshot,
  before: PostgresCursor,
  after: PostgresCursor,
): AsyncGenerator<CaptureBatch> {
  const { connection, context, table, tableSql } = session;
  const shape = await shapeOf(session.contract, table.columns, session.types);
  const client = await readerOf(session, snapshot);
  const columns = table.columns.map(({ name }) => postgresName(name)).join(', ');
  const rows = new CopyRows({ shape, columnCount: table.columns.length });
  const sql = `copy (select ${columns} from ${tableSql}) to stdout`;
  const decoding = {
    decode: (row: Buffer) => rows.add(row),
    sizeOf: ({ bytes }: CopiedLines) => bytes.length,
  };
  const stream = new CopyStream(client, connection, sql, decoding);
  let first = true;
  const batch = ({ bytes }: CopiedLines, last: boolean) => {
    const whole = { first, last, deletes: true };
    first = false;
    const options = { table: session.tableText, cursor: last ? after : before, open: true, whole };
    return batchOfLines(bytes, [], options);
  };
  for (let full = await stream.take(context.signal); full; full = await stream.take(context.signal))
    for (const lines of full) yield batch(lines, false);
  await client.end();
  yield batch(rows.rest(), true);
}
