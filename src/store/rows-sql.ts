/**
 * A rows query as SQL over a relation. Values become typed literals by `textSql`; no text of a caller is SQL.
 *
 * The order is total: what was asked for, then the key's fields, or the record's position where there is no key. So a page
 * begins exactly after the last row of the one before, at the same position, whatever came in between.
 */
import { present, unreachable } from '../base/assert.ts';
import { columnsOf, type Dataset, type Field, keyFieldsOf } from '../schema/field.ts';
import { rowJsonSql } from '../schema/json-form.ts';
import type { Comparison, Filter, OrderTerm, RowsQuery } from '../schema/rows-query.ts';
import { sqlName, sqlText } from '../schema/sql-type.ts';
import { textSql } from '../schema/text-form.ts';
import { valueTextSql } from './value-text-sql.ts';

/** One expression that rows are ordered by. */
export interface OrderKey {
  readonly field: Field;
  readonly descending: boolean;
  readonly nulls: 'first' | 'last';
  /** SQL over the relation's columns. */
  readonly expression: string;
  /** Nested values and JSON are ordered by their text, and come out of the query as such. */
  readonly asText: boolean;
}

export const POSITION_FIELD: Field = { name: '_position', type: 'integer', required: true };

/** The order asked for, made total. */
export function orderKeys(dataset: Dataset, order: readonly OrderTerm[]): readonly OrderKey[] {
  const keys = order.map((term) => orderKey(fieldOf(dataset, term.field), term.descending, term.nulls));
  const completion = dataset.key === 'none' ? [POSITION_FIELD] : keyFieldsOf(dataset);
  const missing = completion.filter((field) => !order.some((term) => term.field === field.name));
  return [...keys, ...missing.map((field) => orderKey(field, false, 'last'))];
}

/** Columns: the row as JSON, the scalar order values as JSON, then each text order value. One row more than the limit. */
export function rowsPageSql(dataset: Dataset, relation: string, query: RowsQuery): string {
  const keys = orderKeys(dataset, query.order);
  const conditions = [
    ...(query.filter ? [filterSql(dataset, query.filter)] : []),
    ...(query.after ? [afterSql(keys, query.after)] : []),
  ];
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
  const page = `SELECT * FROM (${relation})${where} ORDER BY ${orderSql(keys)} LIMIT ${query.limit + 1}`;
  return rowsInOrderSql(dataset, page, query);
}

/** The same columns of all rows of the relation, in the query's order. */
export function rowsInOrderSql(dataset: Dataset, relation: string, query: RowsQuery): string {
  const keys = orderKeys(dataset, query.order);
  const selected = query.select?.map((name) => fieldOf(dataset, name)) ?? columnsOf(dataset);
  const texts = keys.filter((key) => key.asText).map((key) => key.expression);
  const scalars = keys.filter((key) => !key.asText).map((key) => key.field);
  const values = [rowJsonSql(selected), scalars.length > 0 ? rowJsonSql(scalars) : `'{}'`, ...texts];
  return `SELECT ${values.join(', ')} FROM (${relation}) ORDER BY ${orderSql(keys)}`;
}

function orderSql(keys: readonly OrderKey[]): string {
  return keys
    .map((key) => `${key.expression} ${key.descending ? 'DESC' : 'ASC'} NULLS ${key.nulls}`)
    .join(', ');
}

export function rowsCountSql(dataset: Dataset, relation: string, query: RowsQuery): string {
  const where = query.filter ? ` WHERE ${filterSql(dataset, query.filter)}` : '';
  return `SELECT count(*) FROM (${relation})${where}`;
}

function fieldOf(dataset: Dataset, name: string): Field {
  const field = columnsOf(dataset).find((f) => f.name === name);
  return present(field, `the query names columns of the dataset only, and "${name}" is none`);
}

function orderKey(field: Field, descending: boolean, nulls: 'first' | 'last'): OrderKey {
  const asText = field.type === 'object' || field.type === 'array' || field.type === 'json';
  return { field, descending, nulls, asText, expression: asText ? valueTextSql(field) : sqlName(field.name) };
}

/** Rows that come after the one with these order values: equal in the first i values, and after it in the next. */
function afterSql(keys: readonly OrderKey[], after: readonly (string | null)[]): string {
  const alternatives = keys.map((key, i) => {
    const equal = keys.slice(0, i).map((k, j) => equalSql(k, after[j] ?? null));
    return `(${[...equal, laterSql(key, after[i] ?? null)].join(' AND ')})`;
  });
  return `(${alternatives.join(' OR ')})`;
}

function equalSql(key: OrderKey, value: string | null): string {
  return value === null ? `${key.expression} IS NULL` : `${key.expression} = ${literal(key, value)}`;
}

function laterSql(key: OrderKey, value: string | null): string {
  if (value === null) return key.nulls === 'first' ? `${key.expression} IS NOT NULL` : 'false';
  const later = `${key.expression} ${key.descending ? '<' : '>'} ${literal(key, value)}`;
  return key.nulls === 'last' ? `(${later} OR ${key.expression} IS NULL)` : later;
}

function literal(key: OrderKey, value: string): string {
  return key.asText ? sqlText(value) : textSql(key.field, value);
}

function filterSql(dataset: Dataset, filter: Filter): string {
  switch (filter.op) {
    case 'and':
    case 'or':
      return joined(
        filter.op,
        filter.terms.map((term) => filterSql(dataset, term)),
      );
    case 'not':
      return `(NOT ${filterSql(dataset, filter.term)})`;
    case 'is':
      return `(${sqlName(fieldOf(dataset, filter.field).name)} IS ${filter.value.toUpperCase()})`;
    case 'in':
      return inSql(fieldOf(dataset, filter.field), filter.values);
    default:
      return comparisonSql(fieldOf(dataset, filter.field), filter.op, filter.value);
  }
}

function joined(op: 'and' | 'or', terms: readonly string[]): string {
  if (terms.length === 0) return op === 'and' ? 'true' : 'false';
  return `(${terms.join(op === 'and' ? ' AND ' : ' OR ')})`;
}

function inSql(field: Field, values: readonly string[]): string {
  if (values.length === 0) return 'false';
  return `(${sqlName(field.name)} IN (${values.map((value) => textSql(field, value)).join(', ')}))`;
}

function comparisonSql(field: Field, op: Comparison, value: string): string {
  const column = sqlName(field.name);
  switch (op) {
    case 'eq':
      return `(${column} = ${textSql(field, value)})`;
    case 'neq':
      return `(${column} <> ${textSql(field, value)})`;
    case 'gt':
      return `(${column} > ${textSql(field, value)})`;
    case 'gte':
      return `(${column} >= ${textSql(field, value)})`;
    case 'lt':
      return `(${column} < ${textSql(field, value)})`;
    case 'lte':
      return `(${column} <= ${textSql(field, value)})`;
    case 'like':
    case 'ilike':
      return `(${column}::VARCHAR ${op.toUpperCase()} ${sqlText(patternText(value))} ESCAPE '\\')`;
    default:
      return unreachable(op);
  }
}

/** A backslash at the very end escapes nothing; it stands for itself. */
function patternText(pattern: string): string {
  const trailing = /\\*$/.exec(pattern)?.[0].length ?? 0;
  return trailing % 2 === 1 ? `${pattern}\\` : pattern;
}
