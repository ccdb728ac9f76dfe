/**
 * A streamed query that cannot end early unnoticed.
 *
 * DuckDB's client interface gives the end of a stream for a stream that failed or was interrupted half way. So the query
 * is followed by one more row that says that this is the end: with the order of rows preserved, the engine begins it
 * only after everything before has come through. Where that row is missing, the query is run once more, without its
 * rows, to learn why.
 */
import type {
  DuckDBConnection,
  DuckDBDataChunk,
  DuckDBPreparedStatement,
  DuckDBType,
} from '@duckdb/node-api';
import { present } from '../../base/assert.ts';
import type { EngineValue } from '../engine.ts';
import { bindParameters } from './exact-values.ts';
import { bytesOf } from './vector-access.ts';

export interface StreamedColumn {
  readonly name: string;
  readonly type: DuckDBType;
}

export interface StreamedRows {
  /** Its first `rows` rows, and all columns but the last, are the query's. */
  readonly chunk: DuckDBDataChunk;
  readonly rows: number;
}

export class WholeStream {
  readonly columns: readonly StreamedColumn[];
  readonly #connection: DuckDBConnection;
  readonly #query: string;
  readonly #params: readonly EngineValue[];

  private constructor(
    connection: DuckDBConnection,
    query: string,
    params: readonly EngineValue[],
    columns: readonly StreamedColumn[],
  ) {
    this.#connection = connection;
    this.#query = query;
    this.#params = params;
    this.columns = columns;
  }

  /** Binds the query, without running it. */
  static async prepare(
    connection: DuckDBConnection,
    query: string,
    params: readonly EngineValue[],
  ): Promise<WholeStream> {
    const prepared = await connection.prepare(query);
    const columns = Array.from({ length: prepared.columnCount }, (_, i) => ({
      name: prepared.columnName(i),
      type: prepared.columnType(i),
    }));
    prepared.destroySync();
    return new WholeStream(connection, query, params, columns);
  }

  /** The rows, chunk by chunk; throws what the query fails with. `proceed` is called between chunks and may throw. */
  async *rows(proceed: () => void): AsyncGenerator<StreamedRows> {
    const nulls = this.columns.map(() => 'null').join(', ');
    const prepared = await this.#prepared(
      `select *, false from (\n${this.#query}\n) union all select ${nulls}, true`,
    );
    proceed();
    const result = await prepared.stream();
    let ended = false;
    for (;;) {
      proceed();
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) break;
      ended = isEnd(chunk, this.columns.length);
      yield { chunk, rows: chunk.rowCount - (ended ? 1 : 0) };
    }
    prepared.destroySync();
    proceed();
    if (!ended) await this.#raise();
  }

  async #raise(): Promise<never> {
    const again = await this.#prepared(`explain analyze ${this.#query}`);
    await again.run();
    throw new Error('The rows of a query ended early, and it ran through when it was asked why.');
  }

  async #prepared(sql: string): Promise<DuckDBPreparedStatement> {
    const prepared = await this.#connection.prepare(sql);
    bindParameters(prepared, this.#params);
    return prepared;
  }
}

function isEnd(chunk: DuckDBDataChunk, marker: number): boolean {
  const vector = present(chunk.getColumnVector(marker), 'the marker is the last column');
  return bytesOf(vector).getUint8(chunk.rowCount - 1) !== 0;
}
