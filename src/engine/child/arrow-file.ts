import { open } from 'node:fs/promises';
import type { DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api';
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
 * Writes a streamed result as an Arrow IPC stream. Memory holds one batch: rows are gathered until ARROW_BATCH_ROWS or
 * ARROW_BATCH_BYTES, written to the file, and their buffers used again. `proceed` is called before each chunk and may throw.
 */
export async function writeArrowFile(result: DuckDBResult, file: string, proceed: () => void): Promise<void> {
  const names = result.columnNames();
  const columns = result.columnTypes().map((type, i) => arrowColumn(names[i] ?? '', type));
  const schema = new Schema(columns.map((column, i) => new Field(names[i] ?? '', column.type, true)));
  const handle = await open(file, 'w', 0o600);
  try {
    const sink = new PendingBytes();
    const writer = new RecordBatchStreamWriter();
    writer.reset(sink, schema);
    for await (const rows of batches(result, columns, proceed)) {
      writer.write(batchOf(schema, columns, rows));
      await handle.writeFile(sink.take());
      for (const column of columns) column.reset();
    }
    writer.finish();
    await handle.writeFile(sink.take());
  } finally {
    await handle.close();
  }
}

/** Fills the columns, and yields the number of rows in them whenever they make a batch. */
async function* batches(
  result: DuckDBResult,
  columns: readonly ArrowColumn[],
  proceed: () => void,
): AsyncGenerator<number> {
  let rows = 0;
  for (;;) {
    proceed();
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    append(columns, chunk);
    rows += chunk.rowCount;
    const bytes = columns.reduce((sum, column) => sum + column.bytes, 0);
    if (rows < ARROW_BATCH_ROWS && bytes < ARROW_BATCH_BYTES) continue;
    yield rows;
    rows = 0;
  }
  if (rows > 0) yield rows;
}

function append(columns: readonly ArrowColumn[], chunk: DuckDBDataChunk): void {
  columns.forEach((column, i) => {
    column.append(chunk.getColumnVector(i), 0, chunk.rowCount);
  });
}

function batchOf(schema: Schema, columns: readonly ArrowColumn[], length: number): RecordBatch {
  const type = new Struct(schema.fields);
  return new RecordBatch(
    schema,
    makeData({ type, length, nullCount: 0, children: columns.map((column) => column.data()) }),
  );
}
