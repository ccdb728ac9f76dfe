/**
 * One cycle's answer, for as many of the product's keys as inputs may have touched: for all of them (*refresh*), for those that
 * changed rows are traced to (*rekey*), or for those of new rows alone, combined with what the state had (*merge*).
 */
import { present } from '../../base/assert.ts';
import { columnsOf, type Dataset, type Field, keyFieldsOf } from '../../schema/field.ts';
import { sameKeySql } from '../../schema/reduce-sql.ts';
import { sqlName, sqlType } from '../../schema/sql-type.ts';
import type { Relation } from '../../store/store.ts';
import type { Way } from '../../transform/choose-way.ts';
import { type DerivePlan, type DeriveTable, derivedRowsSql } from '../../transform/derive-plan.ts';
import type { Combine, MergePlan } from '../../transform/plan/merge-plan.ts';
import type { RekeyPlan } from '../../transform/plan/rekey-plan.ts';
import { columnsTouched, touchedColumn, touchedSql } from '../../transform/plan/touched-sql.ts';
import type { Derivation } from './derivation.ts';
import type { Moment } from './derive-cursor.ts';
import { neededRowsSql } from './needed-rows.ts';
import { mayBeNull, ofKeysSql, wantedKeys } from './of-keys.ts';
import { openAnswer } from './open-answer.ts';
import { openReducedStep } from './open-reduced.ts';
import { type OpenedTables, openTables, type Step } from './open-tables.ts';
import type { Comparison, OpenChange } from './opened.ts';

/** Throws POSITION_GONE, RUN_DAMAGED, TRANSFORM_TYPESCRIPT, TRANSFORM_PROCESS. */
export async function openWhole(
  derivation: Derivation,
  moment: Moment,
  signal: AbortSignal,
): Promise<OpenChange> {
  const written = derivation.plan.mode === 'reduce' ? 'replaced' : 'changed';
  const { setup, sql, bytes, failures, release } = await openAnswer(derivation, moment, signal);
  return {
    against: (state) => ({ setup, rows: sql, state: state.sql, written }),
    bytes,
    isWhole: true,
    failures,
    release,
  };
}

/** Throws POSITION_GONE, RUN_DAMAGED. */
export async function openPart(
  { services, plan }: Derivation,
  way: Exclude<Way, { kind: 'refresh' }>,
  step: Step,
): Promise<OpenChange> {
  if (way.kind === 'reduce') return openReducedStep(services.store, plan, step);
  if (!readsMoved(plan, way, step)) return NOTHING;
  const seenOf = ({ name, dataset }: DeriveTable) =>
    way.kind === 'rekey' ? seenOfRekey(way.rekey, name, dataset) : columnsOf(dataset);
  const tables = await openTables(services.store, plan, step, seenOf);
  const against =
    way.kind === 'merge'
      ? (state: Relation) => mergeComparison(plan, way.merge, tables, state)
      : (state: Relation) => rekeyComparison(plan, way.rekey, tables, state);
  return { against, bytes: tables.bytes, failures: [], release: async () => tables.release() };
}

/** An input that the query does not read may move alone. */
function readsMoved(
  { tables }: DerivePlan,
  way: Exclude<Way, { kind: 'refresh' | 'reduce' }>,
  step: Step,
): boolean {
  const read = new Set(
    way.kind === 'merge' ? [way.merge.table] : way.rekey.leaves.map(({ leaf }) => leaf.table),
  );
  return tables.some(({ name, stream }) => read.has(name) && step.from[stream] !== step.to[stream]);
}

const NOTHING: OpenChange = {
  against({ sql }) {
    const none = `select * from (${sql}) where false`;
    return { setup: [], rows: none, state: none };
  },
  bytes: 0,
  failures: [],
  release: async () => undefined,
};

const TOUCHED = '_touched';
const PARTIAL = '_partial';
const WAS = '_was';

/** The columns that the paths begin with; of a table that the query does not read, any. */
function seenOfRekey({ leaves }: RekeyPlan, table: string, dataset: Dataset): readonly Field[] {
  const places = leaves.filter(({ leaf }) => leaf.table === table);
  const columns = new Set(places.flatMap(({ paths }) => columnsTouched(paths)));
  const seen = columnsOf(dataset).filter(({ name }) => columns.has(name));
  return seen.length > 0 ? seen : columnsOf(dataset);
}

function rekeyComparison(
  plan: DerivePlan,
  rekey: RekeyPlan,
  tables: OpenedTables,
  state: Relation,
): Comparison {
  const names = {
    changed: (table: string) => present(tables.changed.get(table), 'only what moved has touched keys'),
    now: (table: string) => `(${nowOf(tables, table).sql})`,
  };
  const touched = rekey.leaves
    .filter(({ leaf }) => tables.changed.has(leaf.table))
    .map(({ leaf, paths }) => touchedSql(leaf, paths, names));
  const isTouched = (alias: string) =>
    rekey.fields
      .map((field, i) => `${alias}.${sqlName(field)} is not distinct from t.${touchedColumn(i)}`)
      .join(' and ');
  const part = (select: string) =>
    `select r.* from (${select}) r semi join ${TOUCHED} t on ${isTouched('r')}`;
  const wanted = keyFieldsOf(plan.dataset).flatMap((field) => {
    const i = rekey.fields.indexOf(field.name);
    const isNullable = mayBeNull(plan.dataset, field);
    return i < 0 ? [] : [{ name: field.name, isNullable, table: TOUCHED, column: touchedColumn(i) }];
  });
  return {
    setup: [
      ...tables.setup,
      `create temp table ${TOUCHED} as ${[...new Set(touched)].join(' union ')}`,
      ...neededRowsSql(plan, rekey, TOUCHED, (table) => nowOf(tables, table)),
    ],
    rows: part(derivedRowsSql(plan)),
    state: part(ofKeysSql(state, wanted)),
  };
}

function nowOf(tables: OpenedTables, table: string): Relation {
  return present(tables.now.get(table), 'every table of a plan is opened');
}

function mergeComparison(
  plan: DerivePlan,
  merge: MergePlan,
  tables: OpenedTables,
  state: Relation,
): Comparison {
  const { dataset } = plan;
  const fields = columnsOf(dataset);
  const combined = merge.combines.map(({ combine }, i) => {
    const field = fields[i] as (typeof fields)[number];
    const name = sqlName(field.name);
    return `cast(${combineSql(combine, name)} as ${sqlType(field)}) as ${name}`;
  });
  return {
    setup: [
      ...tables.setup,
      `create temp view ${sqlName(merge.table)} as select * from ${present(tables.changed.get(merge.table), 'only what moved is merged')}`,
      `create temp table ${PARTIAL} as ${derivedRowsSql(plan)}`,
      `create temp table ${WAS} as select s.* from (${ofKeysSql(state, wantedKeys(dataset, PARTIAL))}) s semi join ${PARTIAL} p on ${sameKeySql(dataset, 's', 'p')}`,
    ],
    rows: `select ${combined.join(', ')} from ${PARTIAL} p left join ${WAS} s on ${sameKeySql(dataset, 's', 'p')}`,
    state: `select * from ${WAS}`,
  };
}

function combineSql(combine: Combine, name: string): string {
  const [was, more] = [`s.${name}`, `p.${name}`];
  switch (combine) {
    case 'key':
      return more;
    case 'add':
      return `case when ${was} is null then ${more} when ${more} is null then ${was} else ${was} + ${more} end`;
    case 'least':
    case 'greatest':
      return `${combine}(${was}, ${more})`;
  }
}
