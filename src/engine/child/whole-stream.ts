/** A streamed query that cannot end early unnoticed: one that fails half way is run once more, without its rows, to learn why. */
import type {
  DuckDBConnection,
  DuckDBDataChunk,
  DuckDBPreparedStatement,
  DuckDBType,
} from '@duckdb/node-api';
import type { EngineValue } from '../engine.ts';
import { bindParameters } from './exact-values.ts';
import { nextChunk } from './next-chunk.ts';

export interface StreamedColumn {
  readonly name: string;
  readonly type: DuckDBType;
}

export class WholeStream {
  readonly columns: readonly StreamedColumn[];
  readonly #connection: DuckDBConnection;
  readonly #query: string;
  readonly #params: readonly EngineValue[];
  readonly #prepared: DuckDBPreparedStatement;

  private constructor(
    connection: DuckDBConnection,
    query: string,
    params: readonly EngineValue[],
    prepared: DuckDBPreparedStatement,
  ) {
    this.#connection = connection;
    this.#query = query;
    this.#params = params;
    this.#prepared = prepared;
    this.columns = Array.from({ length: prepared.columnCount }, (_, i) => ({
      name: prepared.columnName(i),
      type: prepared.columnType(i),
    }));
  }

  /** Binds the query, without running it. */
  static async prepare(
    connection: DuckDBConnection,
    query: string,
    params: readonly EngineValue[],
  ): Promise<WholeStream> {
    return new WholeStream(connection, query, params, await connection.prepare(query));
  }

  /** The rows, chunk by chunk, once; throws what the query fails with. `proceed` is called between chunks and may throw. */
  async *chunks(proceed: () => void): AsyncGenerator<DuckDBDataChunk> {
    bindParameters(this.#prepared, this.#params);
    proceed();
    const result = await this.#prepared.stream();
    const raise = () => {
      proceed();
      return this.#raise();
    };
    for (;;) {
      proceed();
      const chunk = await nextChunk(result, raise);
      if (!chunk) break;
      yield chunk;
    }
    this.#prepared.destroySync();
    proceed();
  }

  async #raise(): Promise<never> {
    const again = await this.#connection.prepare(`explain analyze ${this.#query}`);
    bindParameters(again, this.#params);
    await again.run();
    throw new Error('The rows of a query ended early, and it ran through when it was asked why.');
  }
}
