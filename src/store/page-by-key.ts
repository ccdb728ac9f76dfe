/**
 * Pages of wide datasets: first the keys of the page's rows, then all columns of these rows alone. A row as wide as that takes more memory in
 * each step that it goes through than its key's columns do in all of them; where rows are narrow, reading twice costs more than it spares.
 */
import type { Engine, EngineResult, RunOptions } from '../engine/engine.ts';
import { columnsOf, type Dataset, keyFieldsOf } from '../schema/field.ts';
import type { Lens } from '../schema/lens.ts';
import type { RowsQuery } from '../schema/rows-query.ts';
import { valueTexts } from '../schema/text-form.ts';
import { foundKeysSql } from './row-key.ts';
import { rowsInOrderSql, rowsPageSql } from './rows-sql.ts';
import type { Relation } from './store.ts';

/** Columns beyond which a page is read by its keys. */
const PAGE_COLUMNS_MAX = 300;
/** Values that one statement reads of rows with so many columns. */
const PAGE_VALUES_MAX = 200_000;

/** The rows of a page and one more, as `rowsPageSql` has them. Throws as the reader. */
export async function readPage(
  reader: Pick<Engine, 'run'>,
  relation: Relation,
  asked: { readonly dataset: Dataset; readonly query: RowsQuery; readonly lens: Lens | undefined },
  options: RunOptions,
): Promise<EngineResult['rows']> {
  const { dataset, query, lens } = asked;
  const width = query.select?.length ?? columnsOf(dataset).length;
  if (width <= PAGE_COLUMNS_MAX || !isByKey(dataset, lens))
    return (await reader.run(rowsPageSql(dataset, relation.sql, query), options)).rows;
  const fields = keyFieldsOf(dataset);
  const select = fields.map((field) => field.name);
  const page = await reader.run(rowsPageSql(dataset, relation.sql, { ...query, select }), options);
  const keys = page.rows.map((row) => valueTexts(fields, String(row[0])));
  const size = Math.ceil(PAGE_VALUES_MAX / width);
  const found: EngineResult['rows'][number][] = [];
  for (let from = 0; from < keys.length; from += size) {
    const rows = relation.where(foundKeysSql(dataset, keys.slice(from, from + size)));
    found.push(...(await reader.run(rowsInOrderSql(dataset, rows, query), options)).rows);
  }
  return found;
}

/** Keys that are shown as something else find no rows, and those of which no text is a value of SQL find none either. */
function isByKey(dataset: Dataset, lens: Lens | undefined): boolean {
  if (typeof dataset.key === 'string') return false;
  const keys = keyFieldsOf(dataset);
  const isNested = keys.some(({ type }) => type === 'object' || type === 'array' || type === 'json');
  const isMasked = lens?.parts.some(({ masks }) => keys.some(({ name }) => masks.has(name))) ?? false;
  return !isNested && !isMasked;
}
