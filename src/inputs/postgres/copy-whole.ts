/**
 * Reads a table as one whole, in one snapshot: where changes were lost, or where no key is told with each change. What the product
 * holds is compared with it, and only what differs is journaled, deletes included.
 */
import type { CaptureBatch } from '../../kit/input.ts';
import { CAPTURE_BATCH_BYTES_MAX } from '../../kit/input.ts';
import { postgresName } from '../../kit/postgres-client.ts';
import { splitCopyRow } from '../../protocols/postgres/copy-text.ts';
import { CopyStream } from './copy-stream.ts';
import { copyLine } from './copy-table.ts';
import type { PostgresCursor } from './postgres-cursor.ts';
import { batchOf } from './record-batch.ts';
import { RowShape } from './row-shape.ts';
import { readerOf, type SharedSnapshot } from './shared-snapshot.ts';
import type { SourceSession } from './source-session.ts';

const BATCH_CHARACTERS = CAPTURE_BATCH_BYTES_MAX / 2;

/** The last batch has the cursor `after`, and moves it; all are open. */
export async function* copyWhole(
  session: SourceSession,
  snapshot: SharedSnapshot,
  before: PostgresCursor,
  after: PostgresCursor,
): AsyncGenerator<CaptureBatch> {
  const { connection, context, table, tableSql } = session;
  const shape = await RowShape.of(session.contract, table.columns, session.types);
  const client = await readerOf(session, snapshot);
  const columns = table.columns.map(({ name }) => postgresName(name)).join(', ');
  const stream = new CopyStream(
    client,
    connection,
    `copy (select ${columns} from ${tableSql}) to stdout`,
    copyLine,
  );
  let lines: string[] = [];
  let size = 0;
  let first = true;
  const batch = (last: boolean) => {
    const whole = { first, last, deletes: true };
    return batchOf(lines, [], { table: session.tableText, cursor: last ? after : before, open: true, whole });
  };
  for (let rows = await stream.take(context.signal); rows; rows = await stream.take(context.signal)) {
    for (const row of rows) {
      const line = shape.document(shape.members(splitCopyRow(row)));
      if (size + line.length > BATCH_CHARACTERS && lines.length > 0) {
        yield batch(false);
        first = false;
        lines = [];
        size = 0;
      }
      lines.push(line);
      size += line.length;
    }
  }
  await client.end();
  yield batch(true);
}
