/** Expressions of a bound plan, as far as they can be followed: a value that is made of columns of one row. */
import { sqlName, sqlText } from '../../schema/sql-type.ts';
import { isNode, type SqlNode } from '../sql-tree.ts';

/** What stands for a column: a place among the columns of the operator below, or a column of a table. */
export type Expression<Column> =
  | { readonly kind: 'column'; readonly column: Column }
  | { readonly kind: 'constant'; readonly sql: string }
  | { readonly kind: 'cast'; readonly of: Expression<Column>; readonly type: string; readonly isTry: boolean }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression<Column>[] }
  /** The first that is not null; never one of these itself. */
  | { readonly kind: 'coalesce'; readonly of: readonly Expression<Column>[] };

/** Functions of one row's values that mean the same when they are written again, and give null for nulls. */
const FOLLOWED_CALLS = new Set([
  ...['+', '-', '*', '||', 'date_trunc', 'date_part', 'year', 'month', 'day', 'hour', 'minute'],
  ...['lower', 'upper', 'trim', 'ltrim', 'rtrim', 'substring', 'substr', 'left', 'right', 'abs'],
]);
const PLAIN_TYPES = new Set([
  ...['BOOLEAN', 'TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT', 'UTINYINT', 'USMALLINT', 'UINTEGER'],
  ...['UBIGINT', 'FLOAT', 'DOUBLE', 'VARCHAR', 'BLOB', 'DATE', 'TIME', 'TIMESTAMP', 'INTERVAL'],
  'TIMESTAMP WITH TIME ZONE',
]);

/** Their constants are serialized as what they are. */
const WHOLE = /INT$|^INTEGER$|^UINTEGER$|^BOOLEAN$/;

/** Undefined for what is not followed. */
export function readExpression(node: unknown): Expression<number> | undefined {
  if (!isNode(node)) return undefined;
  switch (node.expression_class) {
    case 'BOUND_REF':
      return { kind: 'column', column: Number(node.index) };
    case 'BOUND_CONSTANT':
      return readConstant(node.value);
    case 'BOUND_CAST':
      return readCast(node);
    case 'BOUND_FUNCTION':
      return readCall(node);
    case 'BOUND_OPERATOR':
      return node.type === 'OPERATOR_COALESCE' ? readCoalesce(node) : undefined;
    default:
      return undefined;
  }
}

/** The places of the columns that an expression of any kind is made of. */
export function columnsIn(node: unknown): ReadonlySet<number> {
  const found = new Set<number>();
  collectColumns(node, found);
  return found;
}

function collectColumns(value: unknown, found: Set<number>): void {
  if (Array.isArray(value)) for (const item of value) collectColumns(item, found);
  if (!isNode(value)) return;
  if (value.expression_class === 'BOUND_REF') found.add(Number(value.index));
  for (const member of Object.values(value)) collectColumns(member, found);
}

/** The engine's type, as it is written in SQL; undefined for those that are not followed. */
export function typeOf(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  const id = String(value.id);
  if (id === 'DECIMAL' && isNode(value.type_info))
    return `DECIMAL(${value.type_info.width},${value.type_info.scale})`;
  return PLAIN_TYPES.has(id) ? id : undefined;
}

function readConstant(value: unknown): Expression<number> | undefined {
  if (!isNode(value)) return undefined;
  const type = typeOf(value.type);
  if (value.is_null || type === undefined) return undefined;
  if (typeof value.value === 'string') return constant(value.value, type);
  const isExact = typeof value.value === 'boolean' || Number.isSafeInteger(value.value);
  // Other constants are serialized by their inner value: a date as its days, a decimal without its point.
  return isExact && WHOLE.test(type) ? constant(String(value.value), type) : undefined;
}

function constant(text: string, type: string): Expression<number> | undefined {
  return type === 'VARCHAR' || WHOLE.test(type)
    ? { kind: 'constant', sql: `cast(${sqlText(text)} as ${type})` }
    : undefined;
}

function readCast(node: SqlNode): Expression<number> | undefined {
  const of = readExpression(node.child);
  const type = typeOf(node.return_type);
  return of && type !== undefined ? { kind: 'cast', of, type, isTry: node.try_cast === true } : undefined;
}

function readCall(node: SqlNode): Expression<number> | undefined {
  const name = String(node.name);
  const given = Array.isArray(node.children) ? node.children.map(readExpression) : [];
  const known = given.filter((argument) => argument !== undefined);
  if (!FOLLOWED_CALLS.has(name) || known.length < given.length) return undefined;
  return { kind: 'call', name, arguments: known };
}

function readCoalesce(node: SqlNode): Expression<number> | undefined {
  const given = Array.isArray(node.children) ? node.children.map(readExpression) : [];
  const known = given.filter((argument) => argument !== undefined);
  return known.length === given.length ? coalesceOf(known) : undefined;
}

export function coalesceOf<A>(given: readonly Expression<A>[]): Expression<A> {
  return { kind: 'coalesce', of: given.flatMap((one) => (one.kind === 'coalesce' ? one.of : [one])) };
}

/** Puts an expression in the place of each column; undefined when one has none. */
export function substitute<A, B>(
  expression: Expression<A>,
  replace: (column: A) => Expression<B> | undefined,
): Expression<B> | undefined {
  switch (expression.kind) {
    case 'column':
      return replace(expression.column);
    case 'constant':
      return expression;
    case 'cast': {
      const of = substitute(expression.of, replace);
      return of && { ...expression, of };
    }
    case 'call': {
      const replaced = expression.arguments.map((argument) => substitute(argument, replace));
      const known = replaced.filter((argument) => argument !== undefined);
      return known.length === replaced.length ? { ...expression, arguments: known } : undefined;
    }
    case 'coalesce': {
      const replaced = expression.of.map((one) => substitute(one, replace));
      const known = replaced.filter((one) => one !== undefined);
      return known.length === replaced.length ? coalesceOf(known) : undefined;
    }
  }
}

export function columnsOfExpression<A>(expression: Expression<A>): A[] {
  switch (expression.kind) {
    case 'column':
      return [expression.column];
    case 'constant':
      return [];
    case 'cast':
      return columnsOfExpression(expression.of);
    case 'call':
      return expression.arguments.flatMap(columnsOfExpression);
    case 'coalesce':
      return expression.of.flatMap(columnsOfExpression);
  }
}

export function hasCoalesce<A>(expression: Expression<A>): boolean {
  switch (expression.kind) {
    case 'column':
    case 'constant':
      return false;
    case 'cast':
      return hasCoalesce(expression.of);
    case 'call':
      return expression.arguments.some(hasCoalesce);
    case 'coalesce':
      return true;
  }
}

/** True when it is null wherever all columns that it is made of are. */
export function isNullOfNulls<A>(expression: Expression<A>): boolean {
  switch (expression.kind) {
    case 'column':
      return true;
    case 'constant':
      return false;
    case 'cast':
      return isNullOfNulls(expression.of);
    case 'call':
      return expression.arguments.some(isNullOfNulls);
    case 'coalesce':
      return expression.of.every(isNullOfNulls);
  }
}

/** As SQL over a table of this alias. */
export function expressionSql(expression: Expression<string>, alias: string): string {
  switch (expression.kind) {
    case 'column':
      return `${alias}.${sqlName(expression.column)}`;
    case 'constant':
      return expression.sql;
    case 'cast':
      return `${expression.isTry ? 'try_cast' : 'cast'}(${expressionSql(expression.of, alias)} as ${expression.type})`;
    case 'call': {
      const given = expression.arguments.map((argument) => expressionSql(argument, alias));
      return `${sqlName(expression.name)}(${given.join(', ')})`;
    }
    case 'coalesce':
      return `coalesce(${expression.of.map((one) => expressionSql(one, alias)).join(', ')})`;
  }
}
