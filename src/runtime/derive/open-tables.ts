/** The inputs of a step: each as it is now, and of those that moved, the rows that changed. */
import { columnsOf, keyFieldsOf } from '../../schema/field.ts';
import { sameKeySql } from '../../schema/reduce-sql.ts';
import { sqlName } from '../../schema/sql-type.ts';
import type { Relation, Store } from '../../store/store.ts';
import type { DerivePlan, DeriveTable } from '../../transform/derive-plan.ts';
import type { Positions } from './derive-cursor.ts';
import { ofKeysSql, wantedKeys } from './of-keys.ts';

/** The positions that the state was computed from, and those that it is to be brought to. */
export interface Step {
  readonly from: Positions;
  readonly to: Positions;
}

export interface OpenedTables {
  /** Statements that create `nowView` of each table, and `changedView` of those that moved. */
  readonly setup: readonly string[];
  readonly moved: ReadonlySet<string>;
  /** Each table as it is now, by name. */
  readonly now: ReadonlyMap<string, Relation>;
  release(): void;
}

/** All rows of an input, as they are now. No input's name begins with a line. */
export function nowView(table: string): string {
  return sqlName(`_now_${table}`);
}

/** The rows of an input that changed, as they were and as they are. */
export function changedView(table: string): string {
  return sqlName(`_changed_${table}`);
}

/** Throws POSITION_GONE, RUN_DAMAGED; then nothing is left open. */
export async function openTables(
  store: Pick<Store, 'snapshot' | 'records'>,
  plan: DerivePlan,
  step: Step,
): Promise<OpenedTables> {
  const relations: Relation[] = [];
  const opened = async (opening: Promise<Relation>) => {
    const relation = await opening;
    relations.push(relation);
    return relation;
  };
  const release = () => {
    for (const relation of relations) relation.release();
  };
  const setup: string[] = [];
  const moved = new Set<string>();
  const current = new Map<string, Relation>();
  try {
    for (const table of plan.tables) {
      const { stream, dataset } = table;
      const [from, to] = [step.from[stream] ?? 0, step.to[stream] ?? 0];
      const now = await opened(store.snapshot(stream, dataset.name, to));
      current.set(table.name, now);
      setup.push(`create temp view ${nowView(table.name)} as ${now.sql}`);
      if (from === to) continue;
      moved.add(table.name);
      const records = await opened(store.records(stream, dataset.name, from, to));
      const before =
        keyFieldsOf(dataset).length > 0
          ? await opened(store.snapshot(stream, dataset.name, from))
          : undefined;
      setup.push(...changedSql(table, records, { before, now }));
    }
  } catch (error) {
    release();
    throw error;
  }
  return { setup, moved, now: current, release };
}

/** Where rows have no key, they are only ever added: the records are the rows. */
function changedSql(
  { name, dataset }: DeriveTable,
  records: Relation,
  { before, now }: { readonly before: Relation | undefined; readonly now: Relation },
): string[] {
  const columns = columnsOf(dataset)
    .map((field) => sqlName(field.name))
    .join(', ');
  if (!before) return [`create temp table ${changedView(name)} as select ${columns} from (${records.sql})`];
  const keys = sqlName(`_keys_${name}`);
  const keyFields = keyFieldsOf(dataset);
  const ofKeys = (relation: Relation) =>
    `select ${columns} from (${ofKeysSql(relation, wantedKeys(keyFields, keys))}) s semi join ${keys} k on ${sameKeySql(dataset, 's', 'k')}`;
  return [
    `create temp table ${keys} as select distinct ${keyFields.map((field) => sqlName(field.name)).join(', ')} from (${records.sql})`,
    `create temp table ${changedView(name)} as ${ofKeys(before)} union all ${ofKeys(now)}`,
  ];
}
