/**
 * What a delivery gives, as SQL.
 *
 * Rows are filtered before they are renamed, so a filter speaks of the product's own fields. Where the newest record of a key is its
 * state, changes are the newest records of a stretch; where records combine, the state at the stretch's end is looked up for the keys
 * that it touches. A row that the filter leaves out is a delete: whether it was there before is not known here, and deleting what is not
 * there changes nothing.
 */
import { keyFieldsOf } from '../../schema/field.ts';
import { keyJsonSql } from '../../schema/json-form.ts';
import { isLastOnly, otherFieldsOf, sameKeySql } from '../../schema/reduce-sql.ts';
import { sqlName } from '../../schema/sql-type.ts';
import type { Relation } from '../../store/store.ts';
import { ofKeysSql, wantedKeys } from '../derive/of-keys.ts';
import type { DeliveryPlan } from './delivery-shape.ts';

const TOUCHED = '_touched';

/** Statements to run first, then the SELECT. */
export interface DeliverySelect {
  readonly setup: readonly string[];
  readonly select: string;
}

/** All rows of the state. */
export function stateSelect(plan: DeliveryPlan, relation: Relation): DeliverySelect {
  return { setup: [], select: `select ${columnsSql(plan)} from (${relation.sql}) ${whereSql(plan)}` };
}

/** The same in the order of the key, which depends on nothing but the rows. */
export function orderedStateSelect(plan: DeliveryPlan, relation: Relation): DeliverySelect {
  const order = keyFieldsOf(plan.source).map(({ name }) => sqlName(name));
  if (order.length === 0) return stateSelect(plan, relation);
  const rows = `select * from (${relation.sql}) ${whereSql(plan)} order by ${order.join(', ')}`;
  return { setup: [], select: `select ${columnsSql(plan)} from (${rows})` };
}

/** Every record in the order of the positions, as it was journaled. */
export function recordsSelect(plan: DeliveryPlan, records: Relation): DeliverySelect {
  // A delete holds its key alone, so that a condition over other fields is not known to be false.
  const where =
    plan.filter === undefined ? '' : `where (${plan.filter}) or (_op = 1 and (${plan.filter}) is null)`;
  const rows = `select * from (${records.sql}) ${where} order by _position`;
  return { setup: [], select: `select ${opSql('_op = 1')}, ${columnsSql(plan)} from (${rows})` };
}

/** `state` is of the end of the stretch; it is only read where records combine. */
export function changesSelect(
  plan: DeliveryPlan,
  records: Relation,
  state: Relation | undefined,
): DeliverySelect {
  const { source } = plan;
  if (source.key === 'none') {
    const rows = `select * from (${records.sql}) ${whereSql(plan)} order by _position`;
    return { setup: [], select: `select ${opSql('false')}, ${columnsSql(plan)} from (${rows})` };
  }
  return isLastOnly(source) || !state ? newestRecords(plan, records) : touchedRows(plan, records, state);
}

function newestRecords(plan: DeliveryPlan, records: Relation): DeliverySelect {
  const keys = keyFieldsOf(plan.source).map(({ name }) => sqlName(name));
  const newest = `select max(_position) from (${records.sql}) group by ${keys.join(', ')}`;
  const rows = `select *, _op = 1 or not ${meetsSql(plan)} as _gone from (${records.sql}) where _position in (${newest})`;
  return { setup: [], select: deletesBlanked(plan, rows) };
}

function touchedRows(plan: DeliveryPlan, records: Relation, state: Relation): DeliverySelect {
  const { source } = plan;
  const keys = keyFieldsOf(source);
  const names = keys.map(({ name }) => sqlName(name)).join(', ');
  const touched = `create temp table ${TOUCHED} as select ${names}, max(_position) as _position, arg_max(_time, _position) as _time from (${records.sql}) group by ${names}`;
  const now = ofKeysSql(state, wantedKeys(source, TOUCHED));
  const others = otherFieldsOf(source).map(({ name }) => `s.${sqlName(name)}`);
  const columns = [...keys.map(({ name }) => `t.${sqlName(name)}`), ...others].join(', ');
  const there = `select *, true as _there from (${now}) ${whereSql(plan)}`;
  const rows = `select t._position, t._time, ${columns}, s._there is null as _gone from ${TOUCHED} t left join (${there}) s on ${sameKeySql(source, 't', 's')}`;
  return { setup: [touched], select: deletesBlanked(plan, rows) };
}

/** A delete tells its key, and nothing else of the row. */
function deletesBlanked(plan: DeliveryPlan, rows: string): string {
  const others = otherFieldsOf(plan.source).map(({ name }) => {
    const column = sqlName(name);
    return `case when _gone then null else ${column} end as ${column}`;
  });
  const blanked = others.length === 0 ? '*' : `* replace (${others.join(', ')})`;
  return `select ${opSql('_gone')}, ${columnsSql(plan)} from (select ${blanked} from (${rows})) order by _position`;
}

function opSql(isDelete: string): string {
  return `case when ${isDelete} then 'delete' else 'upsert' end as _op, _position, _time`;
}

function whereSql(plan: DeliveryPlan): string {
  return plan.filter === undefined ? '' : `where (${plan.filter})`;
}

function meetsSql({ filter }: DeliveryPlan): string {
  return filter === undefined ? 'true' : `coalesce((${filter}), false)`;
}

function columnsSql({ columns, source, shape }: DeliveryPlan): string {
  const key = shape.hasKeyColumn ? [`sha256(${keyJsonSql(source)}) as _key`] : [];
  return [
    ...key,
    ...columns.map(({ source: name, field }) => `${sqlName(name)} as ${sqlName(field.name)}`),
  ].join(', ');
}
