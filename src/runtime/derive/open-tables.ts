/** The inputs of a step: each as it is now, and of those that moved, what changed. */
import { type Dataset, type Field, keyFieldsOf } from '../../schema/field.ts';
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
  /** Statements that must run before what follows is read, on the same connection. */
  readonly setup: readonly string[];
  /** What changed of each input that moved, as something to select from. */
  readonly changed: ReadonlyMap<string, string>;
  /** Each input as it is now, by name. */
  readonly now: ReadonlyMap<string, Relation>;
  /** Of the files that are read. */
  readonly bytes: number;
  release(): void;
}

/** `seenOf`: the columns that a step must see of rows that changed. Throws POSITION_GONE, RUN_DAMAGED; then nothing is left open. */
export async function openTables(
  store: Pick<Store, 'snapshot' | 'records'>,
  plan: DerivePlan,
  step: Step,
  seenOf: (table: DeriveTable) => readonly Field[],
): Promise<OpenedTables> {
  const opening = plan.tables.map((table) => openTable(store, table, step, seenOf(table)));
  const settled = await Promise.allSettled(opening);
  const tables = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const release = () => {
    for (const { relations } of tables) for (const relation of relations) relation.release();
  };
  const failed = settled.find((result) => result.status === 'rejected');
  if (failed) {
    release();
    throw failed.reason;
  }
  return {
    setup: tables.flatMap(({ setup }) => setup),
    changed: new Map(tables.flatMap(({ name, changed }) => (changed === undefined ? [] : [[name, changed]]))),
    bytes: tables.flatMap(({ relations }) => relations).reduce((sum, { bytes }) => sum + bytes, 0),
    now: new Map(tables.map(({ name, now }) => [name, now])),
    release,
  };
}

interface OpenedTable {
  readonly name: string;
  readonly relations: readonly Relation[];
  readonly setup: readonly string[];
  readonly changed: string | undefined;
  readonly now: Relation;
}

async function openTable(
  store: Pick<Store, 'snapshot' | 'records'>,
  { name, stream, dataset }: DeriveTable,
  step: Step,
  seen: readonly Field[],
): Promise<OpenedTable> {
  const [from, to] = [step.from[stream] ?? 0, step.to[stream] ?? 0];
  const relations: Relation[] = [];
  const opened = async (relation: Promise<Relation>) => {
    relations.push(await relation);
    return relation;
  };
  try {
    const now = await opened(store.snapshot(stream, dataset.name, to));
    if (from === to) return { name, relations, setup: [], changed: undefined, now };
    const records = await opened(store.records(stream, dataset.name, from, to));
    const keys = new Set(keyFieldsOf(dataset).map((field) => field.name));
    // Rows without a key are only ever added, and a row's key never changes: what is seen of these is in the records.
    if (keys.size === 0 || seen.every((field) => keys.has(field.name))) {
      const changed = `(select ${listed(seen)} from (${records.sql}))`;
      return { name, relations, setup: [], changed, now };
    }
    const before = await opened(store.snapshot(stream, dataset.name, from));
    return {
      name,
      relations,
      setup: changedSql({ name, dataset, seen, records, states: [before, now] }),
      changed: changedTable(name),
      now,
    };
  } catch (error) {
    for (const relation of relations) relation.release();
    throw error;
  }
}

/** No input's name begins with a line. */
function changedTable(table: string): string {
  return sqlName(`_changed_${table}`);
}

function listed(fields: readonly Field[]): string {
  return fields.map((field) => sqlName(field.name)).join(', ');
}

interface Changed {
  readonly name: string;
  readonly dataset: Dataset;
  readonly seen: readonly Field[];
  readonly records: Relation;
  readonly states: readonly Relation[];
}

/** The rows that changed, as they were and as they are. */
function changedSql({ name, dataset, seen, records, states }: Changed): readonly string[] {
  const keys = sqlName(`_keys_${name}`);
  const keyFields = keyFieldsOf(dataset);
  const rows = states.map(
    (state) =>
      `select ${listed(seen)} from (${ofKeysSql(state, wantedKeys(dataset, keys))}) s semi join ${keys} k on ${sameKeySql(dataset, 's', 'k')}`,
  );
  return [
    `create temp table ${keys} as select distinct ${listed(keyFields)} from (${records.sql})`,
    `create temp table ${changedTable(name)} as ${rows.join(' union all ')}`,
  ];
}
