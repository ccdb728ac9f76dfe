/**
 * One cycle's answer, for as many of the product's keys as inputs may have touched: for all of them (*refresh*), for those that
 * changed rows are traced to (*rekey*), or for those of new rows alone, combined with what the state had (*merge*).
 */
import { present } from '../../base/assert.ts';
import { columnsOf, type Dataset, keyFieldsOf } from '../../schema/field.ts';
import { sameKeySql } from '../../schema/reduce-sql.ts';
import { sqlName, sqlType } from '../../schema/sql-type.ts';
import type { Relation } from '../../store/store.ts';
import type { Way } from '../../transform/choose-way.ts';
import { type DerivePlan, type DeriveTable, derivedRowsSql } from '../../transform/derive-plan.ts';
import type { Combine, MergePlan } from '../../transform/plan/merge-plan.ts';
import type { RekeyPlan } from '../../transform/plan/rekey-plan.ts';
import {
  columnsTouched,
  hasTouchedKeySql,
  touchedColumn,
  touchedSql,
} from '../../transform/plan/touched-sql.ts';
import type { Derivation } from './derivation.ts';
import type { Moment } from './derive-cursor.ts';
import { ofKeysSql, type Wanted, wantedKeys } from './of-keys.ts';
import { openAnswer } from './open-answer.ts';
import { openReducedStep } from './open-reduced.ts';
import { type ChangedPart, type OpenedTables, openTables, type Step } from './open-tables.ts';
import type { Comparison, OpenChange } from './opened.ts';

/** Throws POSITION_GONE, RUN_DAMAGED, TRANSFORM_TYPESCRIPT, TRANSFORM_PROCESS. */
export async function openWhole(
  derivation: Derivation,
  moment: Moment,
  signal: AbortSignal,
): Promise<OpenChange> {
  const written = derivation.plan.mode === 'reduce' ? 'replaced' : 'changed';
  const { setup, sql, failures, release } = await openAnswer(derivation, moment, signal);
  return { against: (state) => ({ setup, rows: sql, state: state.sql, written }), failures, release };
}

/** Throws POSITION_GONE, RUN_DAMAGED. */
export async function openPart(
  { services, plan }: Derivation,
  way: Exclude<Way, { kind: 'refresh' }>,
  step: Step,
): Promise<OpenChange> {
  if (way.kind === 'reduce') return openReducedStep(services.store, plan, step);
  const partOf = (table: string) => (way.kind === 'rekey' ? partOfRekey(plan, way.rekey, table) : 'rows');
  const tables = await openTables(services.store, plan, step, partOf);
  const against =
    way.kind === 'merge'
      ? (state: Relation) => mergeComparison(plan, way.merge, tables, state)
      : (state: Relation) => rekeyComparison(plan, way.rekey, tables, state);
  return { against, failures: [], release: async () => tables.release() };
}

const TOUCHED = '_touched';
const PARTIAL = '_partial';
const WAS = '_was';

/** Keys say all where no path begins with another column, because a row's key never changes. */
function partOfRekey(plan: DerivePlan, { leaves }: RekeyPlan, table: string): ChangedPart {
  const dataset = plan.tables.find(({ name }) => name === table)?.dataset;
  const keys = new Set(
    keyFieldsOf(present(dataset, 'every leaf is a table of the plan')).map(({ name }) => name),
  );
  const columns = leaves
    .filter(({ leaf }) => leaf.table === table)
    .flatMap(({ paths }) => columnsTouched(paths));
  return columns.every((column) => keys.has(column)) ? 'keys' : 'rows';
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
  const wanted = rekey.fields.map((name, i) => wantedField(plan.dataset, name, i));
  return {
    setup: [
      ...tables.setup,
      `create temp table ${TOUCHED} as ${touched.join(' union ')}`,
      ...plan.tables.map(
        (table) => `create temp view ${sqlName(table.name)} as ${neededRowsSql(table, rekey, tables)}`,
      ),
      `create temp table ${WAS} as ${part(ofKeysSql(state, wanted))}`,
    ],
    rows: part(derivedRowsSql(plan)),
    state: `select * from ${WAS}`,
  };
}

function nowOf(tables: OpenedTables, table: string): Relation {
  return present(tables.now.get(table), 'every table of a plan is opened');
}

/** The rows of an input that the touched keys depend on, or more. */
function neededRowsSql({ name, dataset }: DeriveTable, { leaves }: RekeyPlan, tables: OpenedTables): string {
  const places = leaves.filter(({ leaf }) => leaf.table === name);
  const conditions = places.map(({ paths }) => hasTouchedKeySql(paths));
  const [only, ...others] = conditions;
  if (conditions.includes(undefined) || only === undefined) return nowOf(tables, name).sql;
  if (others.length > 0) {
    const any = conditions.map((condition) => `exists (select 1 from ${TOUCHED} t where ${condition})`);
    return `select r.* from (${nowOf(tables, name).sql}) r where ${any.join(' or ')}`;
  }
  const wanted = (places[0]?.paths ?? []).flatMap((path, i) => {
    const isColumn = path.kind === 'direct' && path.expression.kind === 'column';
    return isColumn && isNarrowing(dataset, path.expression.column)
      ? [wantedField(dataset, path.expression.column, i)]
      : [];
  });
  return `select r.* from (${ofKeysSql(nowOf(tables, name), wanted)}) r semi join ${TOUCHED} t on ${only}`;
}

/** Rows with other values in these columns are never reduced with one that has the value. */
function isNarrowing(dataset: Dataset, column: string): boolean {
  return dataset.key === 'none' || keyFieldsOf(dataset).some((field) => field.name === column);
}

function wantedField(dataset: Dataset, name: string, i: number): Wanted {
  const field = columnsOf(dataset).find((other) => other.name === name);
  return {
    field: present(field, 'what is traced are columns of datasets'),
    table: TOUCHED,
    column: touchedColumn(i),
  };
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
      `create temp table ${WAS} as select s.* from (${ofKeysSql(state, wantedKeys(keyFieldsOf(dataset), PARTIAL))}) s semi join ${PARTIAL} p on ${sameKeySql(dataset, 's', 'p')}`,
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
