/**
 * Queries over `changes(table)`, with the reductions that add up what they give: rows of each record by itself under any reduction, or groups
 * whose aggregates combine as the reductions do.
 */
import type { Reduction } from '../../../src/schema/field.ts';
import type { Draw } from './draw.ts';
import type { Queries } from './queries.ts';
import {
  type Column,
  columnsOfKind,
  type Kind,
  nameOf,
  type Query,
  type Relation,
  SCALARS,
  type Source,
  SQL_TYPES,
} from './relation.ts';

export interface ReducedQuery extends Query {
  /** By column; those of the key have none. */
  readonly reductions: ReadonlyMap<string, Reduction>;
}

interface Value {
  readonly sql: string;
  readonly kind: Kind;
  readonly reduce: Reduction;
}

const ORDERED: readonly Reduction[] = ['last', 'first', 'min', 'max'];
const REDUCTIONS: Readonly<Record<Kind, readonly Reduction[]>> = {
  integer: [...ORDERED, 'sum', 'sum'],
  number: [...ORDERED, 'sum', 'sum'],
  decimal: [...ORDERED, 'sum', 'sum'],
  string: ORDERED,
  date: ORDERED,
  boolean: ['last', 'first'],
  object: ['last', 'first', 'merge', 'merge'],
  array: ['last', 'first', 'append', 'set', 'set'],
};
const KINDS = Object.keys(REDUCTIONS) as Kind[];

/** `table` only grows. */
export function reducedQuery(queries: Queries, table: Relation): ReducedQuery {
  const { draw } = queries;
  const source: Source = { ...table, from: `changes(${table.from})`, alias: draw.name('t') };
  const isGrouped = draw.chance(0.4);
  // Groups by a `number` are not combined: two values of it may be equal and look different.
  const kinds = isGrouped ? SCALARS.filter((kind) => kind !== 'number') : SCALARS;
  const keys = draw.some(columnsOfKind(source, kinds), draw.between(1, 2));
  const values = isGrouped
    ? draw.times(1, 3, () => aggregate(queries, source))
    : draw.times(1, 4, () => ofRecord(queries, source));
  const conditions = keys.filter((key) => !key.required).map((key) => `${nameOf(source, key)} is not null`);
  if (draw.chance(0.4)) conditions.push(`(${queries.conditions.plain([source])})`);
  return statement(draw, source, { keys, values, conditions, isGrouped });
}

interface Parts {
  readonly keys: readonly Column[];
  readonly values: readonly Value[];
  readonly conditions: readonly string[];
  readonly isGrouped: boolean;
}

function statement(draw: Draw, source: Source, parts: Parts): ReducedQuery {
  const keys = parts.keys.map((key) => ({ ...key, name: draw.name('k'), required: true }));
  const values = parts.values.map((value) => ({ ...value, name: draw.name('v') }));
  const by = parts.keys.map((key) => nameOf(source, key));
  const select = [
    ...by.map((sql, i) => `${sql} as ${keys[i]?.name}`),
    ...values.map(({ sql, name }) => `${sql} as ${name}`),
  ];
  const where = parts.conditions.length > 0 ? ` where ${parts.conditions.join(' and ')}` : '';
  const groups = parts.isGrouped ? ` group by ${by.join(', ')}` : '';
  return {
    sql: `select ${select.join(', ')} from ${source.from} ${source.alias}${where}${groups}`,
    columns: [...keys, ...values.map(({ name, kind }) => ({ name, kind }))],
    key: keys.map(({ name }) => name),
    rows: source.rows,
    reductions: new Map(values.map(({ name, reduce }) => [name, reduce])),
  };
}

/** A value of one record, or several of its list. */
function ofRecord(queries: Queries, source: Source): Value {
  const { draw, expressions } = queries;
  const roll = draw.between(1, 10);
  if (roll === 1) return { sql: `${source.alias}.position`, kind: 'integer', reduce: draw.one(ORDERED) };
  if (roll === 2) return { sql: `${source.alias}.op`, kind: 'string', reduce: draw.one(ORDERED) };
  if (roll === 3)
    return {
      sql: `unnest(${expressions.column([source], 'array')})`,
      kind: 'integer',
      reduce: draw.one(REDUCTIONS.integer),
    };
  const kind = draw.one(KINDS);
  return { sql: expressions.any([source], kind), kind, reduce: draw.one(REDUCTIONS[kind]) };
}

/** What is combined without rounding, so not of `number`. */
function aggregate(queries: Queries, source: Source): Value {
  const { draw, expressions } = queries;
  const kind = draw.one(['integer', 'decimal', 'string', 'date', 'boolean'] as const);
  const value = expressions.column([source], kind);
  const summed = draw.one(['integer', 'decimal'] as const);
  const filter = draw.chance(0.2) ? ` filter (where ${queries.conditions.plain([source])})` : '';
  const calls: Value[] = [
    { sql: `count(*)${filter}`, kind: 'integer', reduce: 'sum' },
    { sql: `count(${value})${filter}`, kind: 'integer', reduce: 'sum' },
    {
      sql: `cast(sum(${expressions.column([source], summed)})${filter} as ${SQL_TYPES[summed]})`,
      kind: summed,
      reduce: 'sum',
    },
  ];
  if (kind === 'boolean') return draw.one(calls);
  calls.push({ sql: `min(${value})${filter}`, kind, reduce: 'min' });
  calls.push({ sql: `max(${value})${filter}`, kind, reduce: 'max' });
  return draw.one(calls);
}
