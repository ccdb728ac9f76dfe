/** Rows as an Arrow IPC stream, page by page: the schema with the first, the end of the stream with the last. */
import type { DuckDBDataChunk, DuckDBType } from '@duckdb/node-api';
import {
  AsyncByteQueue,
  Field,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
} from 'apache-arrow';
import { present } from '../../base/assert.ts';
import type { ArrowColumn } from './arrow-column.ts';
import { arrowColumn } from './arrow-type.ts';
import type { PageWriter } from './row-writer.ts';

/** Keeps what the Arrow writer wrote until it is taken. */
class WrittenBytes extends AsyncByteQueue {
  #parts: Uint8Array[] = [];

  override write(bytes: Uint8Array): void {
    this.#parts.push(bytes);
  }

  take(): Buffer {
    return Buffer.concat(this.#parts.splice(0));
  }
}

export class ArrowPages implements PageWriter {
  readonly #columns: readonly ArrowColumn[];
  readonly #schema: Schema;
  readonly #sink = new WrittenBytes();
  readonly #writer = new RecordBatchStreamWriter();
  #rows = 0;

  /** Throws ENGINE_ARROW_TYPE. */
  constructor(names: readonly string[], types: readonly DuckDBType[]) {
    this.#columns = types.map((type, i) => arrowColumn(names[i] ?? '', type));
    this.#schema = new Schema(this.#columns.map(({ type }, i) => new Field(names[i] ?? '', type, true)));
    this.#writer.reset(this.#sink, this.#schema);
  }

  /** Written since the last page was taken. */
  get rows(): number {
    return this.#rows;
  }

  get bytes(): number {
    return this.#columns.reduce((sum, column) => sum + column.bytes, 0);
  }

  write(chunk: DuckDBDataChunk, from: number, count: number): number {
    this.#columns.forEach((column, i) => {
      column.append(present(chunk.getColumnVector(i), 'each column has a vector'), from, count);
    });
    this.#rows += count;
    return count;
  }

  take(isLast: boolean): Uint8Array {
    if (this.#rows > 0) {
      const children = this.#columns.map((column) => column.data());
      const type = new Struct(this.#schema.fields);
      this.#writer.write(
        new RecordBatch(this.#schema, makeData({ type, length: this.#rows, nullCount: 0, children })),
      );
      this.#rows = 0;
    }
    if (isLast) this.#writer.finish();
    const page = this.#sink.take();
    // The writer keeps the columns' own buffers until the page is made.
    for (const column of this.#columns) column.reset();
    return page;
  }
}
