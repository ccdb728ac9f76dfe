/** One statement of a consumer, page by page. One that fails half way is run once more, without its rows, to learn why. */

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
import { nextChunk } from './next-chunk.ts';
import type { PageBuffer } from './page-buffer.ts';
import { ParquetAnswer } from './parquet-answer.ts';
import { type PageWriter, RowWriter } from './row-writer.ts';

export interface StatementSurroundings {
  isInterrupted(): boolean;
  /** Stops what the engine is doing. */
  interrupt(): void;
  readonly pages: PageBuffer;
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
    this.#query.statement?.destroySync();
    this.#query.statement = undefined;
  }

  async #stream(format: Exclude<RowFormat, { readonly kind: 'parquet' }>): Promise<void> {
    const { types } = this.#query;
    const prepared = format.kind === 'arrow' ? await this.#exact('arrow') : await this.#plain();
    const shown: readonly DuckDBType[] =
      format.kind === 'arrow' ? types.map((_, i) => prepared.columnType(i)) : types;
    this.#writer =
      format.kind === 'arrow'
        ? new ArrowPages(this.#names(), shown)
        : new RowWriter(this.#around.pages, { names: this.#names(), types: shown }, format);
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

  async #plain(): Promise<DuckDBPreparedStatement> {
    this.#query.statement ??= await this.#query.connection.prepare(this.#query.sql);
    return this.#query.statement;
  }

  async #exact(kind: FileKind): Promise<DuckDBPreparedStatement> {
    const { connection, sql, types } = this.#query;
    const exact = exactColumnsSql(sql, types, this.#names(), kind);
    this.#own = { sql: exact, prepared: await connection.prepare(exact) };
    return this.#own.prepared;
  }

  async #nextChunk(): Promise<boolean> {
    if (this.#ended) return false;
    this.#proceed();
    const result = present(this.#result, 'the statement was started');
    this.#chunk = await nextChunk(result, () => this.#raise());
    this.#chunkRows = this.#chunk?.rowCount ?? 0;
    this.#row = 0;
    this.#ended = this.#chunk === undefined;
    return !this.#ended;
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
