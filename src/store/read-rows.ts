import type { Dataset } from '../schema/field.ts';
import type { Lens } from '../schema/lens.ts';
import type { RowsPage, RowsQuery } from '../schema/rows-query.ts';
import { valueTexts } from '../schema/text-form.ts';
import { readPage } from './page-by-key.ts';
import { type OrderKey, orderKeys, rowsCountSql } from './rows-sql.ts';
import { openRelation, seenThrough, withRelation } from './snapshot.ts';
import type { StreamStore } from './stream-store.ts';

/** One page of rows. Throws as `openRelation`, and ENGINE_DEADLINE. */
export async function readRows(
  store: StreamStore,
  dataset: Dataset,
  position: number,
  query: RowsQuery,
  lens: Lens | undefined,
): Promise<RowsPage> {
  const { reader, limits } = store.context;
  const options = { deadlineMs: limits.readDeadlineMs };
  const relation = await openRelation(store, dataset, position, { position: true });
  const seen = seenThrough(dataset, relation, lens, true);
  return withRelation(seen, async (sql) => {
    const counting = query.count ? reader.run(rowsCountSql(dataset, sql, query), options) : undefined;
    const [rows, counted] = await Promise.all([
      readPage(reader, seen, { dataset, query, lens }, options),
      counting,
    ]);
    const shown = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? shown.at(-1) : undefined;
    return {
      rows: shown.map((row) => String(row[0])),
      next: last && orderTexts(orderKeys(dataset, query.order), last),
      count: counted && Number(counted.rows[0]?.[0]),
    };
  });
}

/** The text forms of a row's order values: scalars out of their JSON, the others as they stand. */
function orderTexts(keys: readonly OrderKey[], row: readonly unknown[]): (string | null)[] {
  const scalars = valueTexts(
    keys.filter((key) => !key.asText).map((key) => key.field),
    String(row[1]),
  );
  const texts = row.slice(2).map((text) => (text === null ? null : String(text)));
  let scalar = 0;
  let text = 0;
  return keys.map((key) => (key.asText ? (texts[text++] ?? null) : (scalars[scalar++] ?? null)));
}
