/** A dataset at a position as SQL, for everybody who reads. */
import type { Dataset } from '../schema/field.ts';
import { type Lens, lensSql } from '../schema/lens.ts';
import { openHistory, openSnapshot } from './read-plan.ts';
import { type SnapshotSqlOptions, type SourcedPlan, snapshotSql, supersetSql } from './snapshot-sql.ts';
import { historySql, storedColumns } from './source-sql.ts';
import type { Relation } from './store.ts';
import type { StreamStore } from './stream-store.ts';

/** Throws POSITION_UNKNOWN, POSITION_GONE, RUN_DAMAGED. */
export async function openRelation(
  store: StreamStore,
  dataset: Dataset,
  position: number,
  options: SnapshotSqlOptions = {},
): Promise<Relation> {
  const opened = await openSnapshot(store, dataset, position);
  const where = (keys: string) => snapshotSql(dataset, opened.plan, { ...options, keys });
  const { plan, release } = opened;
  const sql = snapshotSql(dataset, plan, options);
  const seen = { superset: supersetSql(dataset, plan), files: filesOf(plan), bytes: plan.bytes };
  return { position, sql, where, ...seen, release };
}

/** The records in (after, through]. Throws POSITION_UNKNOWN, RUN_DAMAGED. */
export async function openRecords(
  store: StreamStore,
  dataset: Dataset,
  after: number,
  through: number,
): Promise<Relation> {
  const opened = await openHistory(store, dataset.name, { after, through });
  const select = (where?: string) => historySql(storedColumns(dataset), opened.plan.history, where);
  const { plan, release } = opened;
  const sql = select();
  const seen = { superset: sql, files: filesOf(plan), bytes: plan.bytes };
  return { position: through, sql, where: select, ...seen, release };
}

function filesOf({ base, deltas, history }: SourcedPlan): readonly string[] {
  return [...(base ? [base] : []), ...deltas, ...history].map((source) => source.path);
}

/** The relation as it is seen; with `position`, that of a dataset without a key comes first. */
export function seenThrough(
  dataset: Dataset,
  relation: Relation,
  lens: Lens | undefined,
  position = false,
): Relation {
  if (!lens) return relation;
  const passed = position && dataset.key === 'none' ? ['_position'] : [];
  const see = (sql: string) => lensSql(dataset, sql, lens, passed);
  return { ...relation, sql: see(relation.sql), where: (condition) => see(relation.where(condition)) };
}

/** Gives the relation to the reader and releases it afterwards. */
export async function withRelation<T>(relation: Relation, read: (sql: string) => Promise<T>): Promise<T> {
  try {
    return await read(relation.sql);
  } finally {
    relation.release();
  }
}
