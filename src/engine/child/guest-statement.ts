/**
 * One statement of a consumer, page by page.
 *
 * The engine's client gives the end of a stream for one that failed half way. So the query is followed by one more row, as in
 * `whole-stream.ts`: where that row is missing, the query is run once more, without its rows, to learn why.
 */

import type { DuckDBDataChunk, DuckDBPreparedStatement, DuckDBResult, DuckDBType } from '@duckdb/node-api';
import { present } from '../../base/assert.ts';
import { sqlText } from '../../schema/sql-type.ts';
import { distinctNames } from '../column-names.ts';
import type { GuestPage, GuestParam, GuestStarted, RowFormat } from '../guest-messages.ts';
import { GUEST_PAGE_BYTES } from '../limits.ts';
import { ArrowPages } from './arrow-pages.ts';
import { bindGuestParams } from './bind-guest-params.ts';
import { type PreparedQuery, refuseOtherTypes } from './describe-statement.ts';
import { exactColumnsSql, type FileKind } from './exact-columns.ts';
import { ParquetAnswer } from './parquet-answer.ts';
import { type PageWriter, RowWriter } from './row-writer.ts';
import { bytesOf } from './vector-access.ts';

export interface StatementSurroundings {
  isInterrupted(): boolean;
  /** Stops what the engine is doing. */
  interrupt(): void;
  /** Where an answer may be written before it is read, and how large it may be. */
  readonly answerFile: string;
  readonly answerBytesMax: number;
}

export class GuestStatement {
  readonly #query: PreparedQuery;
  readonly #around: StatementSurroundings;
  #params: readonly GuestParam[] = [];
  #result: DuckDBResult | undefined;
  #writer: PageWriter | undefined;
  #parquet: ParquetAnswer | undefined;
  /** What runs instead of the query's text, for a format that needs other types; it is not kept. */
  #own: { readonly sql: string; readonly prepared: DuckDBPreparedStatement } | undefined;
  #columns = 0;
  #chunk: DuckDBDataChunk | undefined;
  #chunkRows = 0;
  #row = 0;
  #ended = false;

  constructor(query: PreparedQuery, around: StatementSurroundings) {
    this.#query = query;
    this.#around = around;
  }

  async start(params: readonly GuestParam[], format: RowFormat, rowsMax: number): Promise<GuestStarted> {
    const { description } = this.#query;
    this.#params = params;
    if (format.kind === 'parquet') await this.#writeParquet();
    else await this.#stream(format);
    return { ...description, page: await this.page(rowsMax) };
  }

  /** At most so many rows; fewer when the page is full. */
  async page(rowsMax: number): Promise<GuestPage> {
    if (this.#parquet) return this.#parquet.page();
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
    return { bytes: writer.take(done), rows, done };
  }

  /** Lets go of the result; the connection is ready for the next statement. */
  async end(): Promise<void> {
    this.#result = undefined;
    this.#chunk = undefined;
    this.#own?.prepared.destroySync();
    this.#own = undefined;
    await this.#parquet?.close();
    this.#parquet = undefined;
    if (this.#ended) return;
    this.#query.marked?.destroySync();
    this.#query.marked = undefined;
  }

  async #stream(format: Exclude<RowFormat, { readonly kind: 'parquet' }>): Promise<void> {
    const { types } = this.#query;
    const prepared = format.kind === 'arrow' ? await this.#exact('arrow') : await this.#marked();
    const shown: readonly DuckDBType[] =
      format.kind === 'arrow' ? types.map((_, i) => prepared.columnType(i)) : types;
    this.#columns = shown.length;
    this.#writer =
      format.kind === 'arrow'
        ? new ArrowPages(this.#names(), shown)
        : new RowWriter(this.#names(), shown, format);
    await this.#bind(prepared);
    this.#proceed();
    const result = await prepared.stream();
    if (format.kind !== 'arrow')
      refuseOtherTypes(
        this.#query,
        types.map((_, i) => result.columnType(i)),
      );
    this.#result = result;
  }

  async #writeParquet(): Promise<void> {
    const { connection, sql, types } = this.#query;
    const { answerFile, answerBytesMax } = this.#around;
    const exact = exactColumnsSql(sql, types, this.#names(), 'parquet');
    const copy = `copy (${exact}) to ${sqlText(answerFile)} (format parquet, compression zstd, use_tmp_file false)`;
    const prepared = await connection.prepare(copy);
    this.#own = { sql: copy, prepared };
    await this.#bind(prepared);
    this.#proceed();
    const write = async () => void (await prepared.run());
    this.#parquet = await ParquetAnswer.write(answerFile, answerBytesMax, write, () =>
      this.#around.interrupt(),
    );
  }

  #names(): readonly string[] {
    return distinctNames(this.#query.description.columns.map(({ name }) => name));
  }

  async #marked(): Promise<DuckDBPreparedStatement> {
    const { connection, sql, types } = this.#query;
    this.#query.marked ??= await connection.prepare(withMarker(sql, types.length));
    return this.#query.marked;
  }

  async #exact(kind: FileKind): Promise<DuckDBPreparedStatement> {
    const { connection, sql, types } = this.#query;
    const exact = exactColumnsSql(sql, types, this.#names(), kind);
    this.#own = { sql: exact, prepared: await connection.prepare(withMarker(exact, types.length)) };
    return this.#own.prepared;
  }

  async #nextChunk(): Promise<boolean> {
    while (!this.#ended) {
      this.#proceed();
      const chunk = await present(this.#result, 'the statement was started').fetchChunk();
      if (!chunk || chunk.rowCount === 0) return this.#raise();
      const marker = present(chunk.getColumnVector(this.#columns), 'the marker is the last column');
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
    const { connection, sql } = this.#query;
    const again = await connection.prepare(`explain analyze ${this.#own?.sql ?? sql}`);
    await this.#bind(again);
    await again.run();
    throw new Error('The rows of a query ended early, and it ran through when it was asked why.');
  }

  #bind(prepared: DuckDBPreparedStatement): Promise<void> {
    const { connection, description } = this.#query;
    return bindGuestParams(connection, prepared, description.params, this.#params);
  }

  #proceed(): void {
    if (this.#around.isInterrupted())
      throw new Error('{"exception_type":"INTERRUPT","exception_message":"Interrupted!"}');
  }
}

function withMarker(sql: string, columns: number): string {
  const nulls = Array.from({ length: columns }, () => 'null').join(', ');
  return `select *, false from (\n${sql}\n) union all select ${nulls}, true`;
}
