import { type FileHandle, open, rm } from 'node:fs/promises';
import {
  AsyncByteQueue,
  Field,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
} from 'apache-arrow';
import { ARROW_BATCH_BYTES, ARROW_BATCH_ROWS } from '../limits.ts';
import type { ArrowColumn } from './arrow-column.ts';
import { arrowColumn } from './arrow-type.ts';
import type { StreamedRows, WholeStream } from './whole-stream.ts';

/** Keeps what the Arrow writer wrote until it is taken. */
class PendingBytes extends AsyncByteQueue {
  #pending: Uint8Array[] = [];

  override write(bytes: Uint8Array): void {
    this.#pending.push(bytes);
  }

  take(): Buffer {
    return Buffer.concat(this.#pending.splice(0));
  }
}

/**
 * Writes a query's rows as an Arrow IPC stream; of a query that fails there is no file. Memory holds one batch: rows are
 * gathered until ARROW_BATCH_ROWS or ARROW_BATCH_BYTES, written, and their buffers used again. `proceed` is called
 * between chunks and may throw.
 */
export async function writeArrowFile(stream: WholeStream, file: string, proceed: () => void): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await writeBatches(stream, handle, proceed);
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

async function writeBatches(stream: WholeStream, handle: FileHandle, proceed: () => void): Promise<void> {
  const columns = stream.columns.map(({ name, type }) => arrowColumn(name, type));
  const schema = new Schema(
    stream.columns.map(({ name }, i) => new Field(name, (columns[i] as ArrowColumn).type, true)),
  );
  const sink = new PendingBytes();
  const writer = new RecordBatchStreamWriter();
  writer.reset(sink, schema);
  for await (const rows of batches(stream, columns, proceed)) {
    writer.write(batchOf(schema, columns, rows));
    await handle.writeFile(sink.take());
    for (const column of columns) column.reset();
  }
  writer.finish();
  await handle.writeFile(sink.take());
}

/** Fills the columns, and yields the number of rows in them whenever they make a batch. */
async function* batches(
  stream: WholeStream,
  columns: readonly ArrowColumn[],
  proceed: () => void,
): AsyncGenerator<number> {
  let gathered = 0;
  for await (const part of stream.rows(proceed)) {
    append(columns, part);
    gathered += part.rows;
    const bytes = columns.reduce((sum, column) => sum + column.bytes, 0);
    if (gathered < ARROW_BATCH_ROWS && bytes < ARROW_BATCH_BYTES) continue;
    yield gathered;
    gathered = 0;
  }
  if (gathered > 0) yield gathered;
}

function append(columns: readonly ArrowColumn[], { chunk, rows }: StreamedRows): void {
  columns.forEach((column, i) => {
    column.append(chunk.getColumnVector(i), 0, rows);
  });
}

function batchOf(schema: Schema, columns: readonly ArrowColumn[], length: number): RecordBatch {
  const type = new Struct(schema.fields);
  const children = columns.map((column) => column.data());
  return new RecordBatch(schema, makeData({ type, length, nullCount: 0, children }));
}
