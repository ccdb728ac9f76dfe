/**
 * Records of the past as consumers of a stream get them.
 *
 * The datasets of a stream share its positions, without gaps, so a window of as many positions as records are wanted holds
 * enough, and no more than that is ever read. Only where old records were dropped may a window be empty.
 */
import { codeOf } from '../base/errors.ts';
import { columnsOf, type Dataset, keyFieldsOf } from '../schema/field.ts';
import { keyJsonSql, rowJsonSql } from '../schema/json-form.ts';
import { sqlText } from '../schema/sql-type.ts';
import { openHistory, type PinnedPlan } from './read-plan.ts';
import { historySql, storedColumns } from './source-sql.ts';
import type { HistoryRecord } from './store.ts';
import type { StreamStore } from './stream-store.ts';

export type DatasetRecord = HistoryRecord & { readonly dataset: string };

/** Records of all datasets with positions in [from, to], in order, at most `limit`; fewer when they are very large. */
export async function readHistory(
  store: StreamStore,
  from: number,
  to: number,
  limit: number,
): Promise<readonly DatasetRecord[]> {
  let width = limit;
  for (let next = firstKept(store, from); next <= to; ) {
    const through = Math.min(to, next + width - 1);
    try {
      const records = await readWindow(store, next, through);
      if (records.length > 0) return records;
      next = firstKept(store, through + 1);
    } catch (thrown) {
      if (codeOf(thrown) !== 'ENGINE_ANSWER_TOO_LARGE' || width === 1) throw thrown;
      width = Math.ceil(width / 2);
    }
  }
  return [];
}

/** The first position at or after this one that some run or the tail still holds. */
function firstKept(store: StreamStore, from: number): number {
  const firsts = Object.values(store.manifest.datasets).flatMap((dataset) => {
    const run = dataset.history.find((r) => r.last >= from);
    return run ? [Math.max(run.first, from)] : [];
  });
  return Math.min(Math.max(store.manifest.flushed + 1, from), ...firsts);
}

async function readWindow(store: StreamStore, from: number, to: number): Promise<readonly DatasetRecord[]> {
  const opened: PinnedPlan[] = [];
  try {
    const selects: string[] = [];
    for (const name of datasetNames(store)) {
      const pinned = await openHistory(store, name, { after: from - 1, through: to });
      opened.push(pinned);
      const dataset = store.datasetOrRaw(name);
      const { history } = pinned.plan;
      if (history.length > 0) selects.push(recordsSql(dataset, historySql(storedColumns(dataset), history)));
    }
    if (selects.length === 0) return [];
    const sql = `SELECT * FROM (${selects.join(' UNION ALL ')}) ORDER BY _position`;
    const { reader, limits } = store.context;
    const result = await reader.run(sql, { deadlineMs: limits.readDeadlineMs });
    return result.rows.map(toRecord);
  } finally {
    for (const pinned of opened) pinned.release();
  }
}

/** Datasets that have runs, and those that only the journal may hold. */
function datasetNames(store: StreamStore): readonly string[] {
  const names = new Set(Object.keys(store.manifest.datasets));
  for (const dataset of store.schema.datasets) names.add(dataset.name);
  return [...names];
}

/** A document that was kept whole comes out byte for byte. */
function recordsSql(dataset: Dataset, history: string): string {
  const document = dataset.extra === 'ignore' ? 'document' : rowJsonSql(columnsOf(dataset));
  const key = keyFieldsOf(dataset).length > 0 ? keyJsonSql(dataset) : `'null'`;
  return (
    `SELECT _position, epoch_us(_time) AS time, _op, ${sqlText(dataset.name)} AS dataset, ` +
    `CASE WHEN _op = 1 THEN 'null' ELSE ${document} END AS document, ${key} AS key FROM (${history})`
  );
}

function toRecord(row: readonly unknown[]): DatasetRecord {
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
