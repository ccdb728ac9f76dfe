/**
 * One statement of a consumer, page by page.
 *
 * The engine's client gives the end of a stream for one that failed half way. So the query is followed by one more row, as in
 * `whole-stream.ts`: where that row is missing, the query is run once more, without its rows, to learn why.
 */

import type { DuckDBDataChunk, DuckDBPreparedStatement, DuckDBResult } from '@duckdb/node-api';
import { present } from '../../base/assert.ts';
import { distinctNames } from '../column-names.ts';
import type { GuestPage, GuestParam, GuestStarted, RowFormat } from '../guest-messages.ts';
import { GUEST_PAGE_BYTES } from '../limits.ts';
import { bindGuestParams } from './bind-guest-params.ts';
import type { PreparedQuery } from './guest-databases.ts';
import { RowWriter } from './row-writer.ts';
import { bytesOf } from './vector-access.ts';

export class GuestStatement {
  readonly #query: PreparedQuery;
  readonly #isInterrupted: () => boolean;
  #params: readonly GuestParam[] = [];
  #result: DuckDBResult | undefined;
  #writer: RowWriter | undefined;
  #chunk: DuckDBDataChunk | undefined;
  #chunkRows = 0;
  #row = 0;
  #ended = false;

  constructor(query: PreparedQuery, isInterrupted: () => boolean) {
    this.#query = query;
    this.#isInterrupted = isInterrupted;
  }

  async start(params: readonly GuestParam[], format: RowFormat, rowsMax: number): Promise<GuestStarted> {
    const { description, types } = this.#query;
    this.#params = params;
    const names = description.columns.map(({ name }) => name);
    this.#writer = new RowWriter(distinctNames(names), types, format);
    const prepared = await this.#marked();
    await this.#bind(prepared);
    this.#proceed();
    this.#result = await prepared.stream();
    return { ...description, page: await this.page(rowsMax) };
  }

  /** At most so many rows; fewer when the page is full. */
  async page(rowsMax: number): Promise<GuestPage> {
    const writer = present(this.#writer, 'a page follows the start');
    let rows = 0;
    while (rows < rowsMax && writer.bytes < GUEST_PAGE_BYTES) {
      if (this.#row >= this.#chunkRows && !(await this.#nextChunk())) break;
      const count = Math.min(rowsMax - rows, this.#chunkRows - this.#row);
      const written = writer.write(
        present(this.#chunk, 'a chunk was fetched'),
        this.#row,
        count,
        GUEST_PAGE_BYTES,
      );
      this.#row += written;
      rows += written;
    }
    // Whether anything follows is asked now, so that the last page says that it is the last.
    const done = this.#row >= this.#chunkRows && !(await this.#nextChunk());
    return { bytes: writer.take(), rows, done };
  }

  /** Lets go of the result; the connection is ready for the next statement. */
  end(): void {
    this.#result = undefined;
    this.#chunk = undefined;
    if (this.#ended) return;
    this.#query.marked?.destroySync();
    this.#query.marked = undefined;
  }

  async #marked(): Promise<DuckDBPreparedStatement> {
    const { connection, sql, description } = this.#query;
    const nulls = description.columns.map(() => 'null').join(', ');
    this.#query.marked ??= await connection.prepare(
      `select *, false from (\n${sql}\n) union all select ${nulls}, true`,
    );
    return this.#query.marked;
  }

  async #nextChunk(): Promise<boolean> {
    while (!this.#ended) {
      this.#proceed();
      const chunk = await present(this.#result, 'the statement was started').fetchChunk();
      if (!chunk || chunk.rowCount === 0) return this.#raise();
      const marker = present(
        chunk.getColumnVector(this.#query.types.length),
        'the marker is the last column',
      );
      this.#ended = bytesOf(marker).getUint8(chunk.rowCount - 1) !== 0;
      this.#chunk = chunk;
      this.#chunkRows = chunk.rowCount - (this.#ended ? 1 : 0);
      this.#row = 0;
      if (this.#chunkRows > 0) return true;
    }
    return false;
  }

  async #raise(): Promise<never> {
    this.#proceed();
    const again = await this.#query.connection.prepare(`explain analyze ${this.#query.sql}`);
    await this.#bind(again);
    await again.run();
    throw new Error('The rows of a query ended early, and it ran through when it was asked why.');
  }

  #bind(prepared: DuckDBPreparedStatement): Promise<void> {
    const { connection, description } = this.#query;
    return bindGuestParams(connection, prepared, description.params, this.#params);
  }

  #proceed(): void {
    if (this.#isInterrupted())
      throw new Error('{"exception_type":"INTERRUPT","exception_message":"Interrupted!"}');
  }
}
