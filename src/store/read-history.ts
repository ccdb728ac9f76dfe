/** Records of the past as consumers of a stream get them. */
import { columnsOf, type Dataset, keyFieldsOf } from '../schema/field.ts';
import { keyJsonSql, rowJsonSql } from '../schema/json-form.ts';
import { sqlText } from '../schema/sql-type.ts';
import { openHistory, type PinnedPlan } from './read-plan.ts';
import { historySql, storedColumns } from './source-sql.ts';
import type { HistoryRecord } from './store.ts';
import type { StreamStore } from './stream-store.ts';

/** Records of all datasets with positions in [from, to], in order, at most `limit` and HISTORY_PAGE_MAX of them. */
export async function readHistory(
  store: StreamStore,
  from: number,
  to: number,
  limit: number,
): Promise<readonly (HistoryRecord & { dataset: string })[]> {
  const opened: PinnedPlan[] = [];
  try {
    const selects: string[] = [];
    for (const name of datasetNames(store)) {
      const plan = await openHistory(store, name, { after: from - 1, through: to });
      opened.push(plan);
      const dataset = store.datasetOrRaw(name);
      if (plan.plan.history.length === 0) continue;
      selects.push(recordsSql(dataset, historySql(storedColumns(dataset), plan.plan.history)));
    }
    if (selects.length === 0) return [];
    const sql = `SELECT * FROM (${selects.join(' UNION ALL ')}) ORDER BY 1 LIMIT ${limit}`;
    const result = await store.context.reader.run(sql, { deadlineMs: store.context.limits.readDeadlineMs });
    return result.rows.map(toRecord);
  } finally {
    for (const plan of opened) plan.release();
  }
}

/** Datasets that have runs, and those that only the journal may hold. */
function datasetNames(store: StreamStore): readonly string[] {
  const names = new Set(Object.keys(store.manifest.datasets));
  for (const dataset of store.schema.datasets) names.add(dataset.name);
  return [...names];
}

function recordsSql(dataset: Dataset, history: string): string {
  const document = dataset.extra === 'ignore' ? 'document' : rowJsonSql(columnsOf(dataset));
  const key = keyFieldsOf(dataset).length > 0 ? keyJsonSql(dataset) : `'null'`;
  return (
    `SELECT _position, epoch_us(_time), _op, ${sqlText(dataset.name)}, ` +
    `CASE WHEN _op = 1 THEN 'null' ELSE ${document} END, ${key} FROM (${history})`
  );
}

function toRecord(row: readonly unknown[]): HistoryRecord & { dataset: string } {
  const [position, timeUs, op, dataset, document, key] = row;
  return {
    position: Number(position),
    timeUs: Number(timeUs),
    op: Number(op) === 1 ? 'delete' : 'upsert',
    dataset: String(dataset),
    document: String(document),
    key: String(key),
  };
}
