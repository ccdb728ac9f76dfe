/**
 * Questions for rows as the ports have them (filters, columns, orders, limits, groups), and their answers worked out in plain JavaScript over rows that the
 * test keeps itself.
 */
import { integerBetween, oneOf, type Random } from '../../src/base/random.ts';
import { canonicalNumber } from './read-ports.ts';

/** Integers and cents are exact; text, dates and booleans are themselves. */
export interface Row {
  readonly id: bigint;
  readonly city: string | null;
  /** In cents. */
  readonly amount: bigint | null;
  readonly n: bigint | null;
  readonly day: string | null;
  readonly ok: boolean | null;
}
export type Column = keyof Row;
export const COLUMNS: readonly Column[] = ['id', 'city', 'amount', 'n', 'day', 'ok'];
export const FIELDS = `key: [id]
fields:
  id: { type: integer, required: true }
  city: string
  amount: decimal(18,2)
  n: integer
  day: date
  ok: boolean
`;

const CITIES = ['Oslo', 'oslo', 'Øre, by', 'a"b', "it's", '', 'B(1)', '語', 'Ülm\\'];
const COUNTS = [0n, -1n, 7n, 9_007_199_254_740_993n, -9_007_199_254_740_993n, 9_223_372_036_854_775_807n];
const DAYS = ['2024-02-29', '1999-12-31', '0001-01-01', '2024-03-01'];
const NULL_SHARE = 0.15;

export function drawRow(random: Random, id: bigint): Row {
  const some = <T>(value: T): T | null => (random.next() < NULL_SHARE ? null : value);
  return {
    id,
    city: some(oneOf(random, CITIES)),
    amount: some(BigInt(integerBetween(random, -500, 500))),
    n: some(oneOf(random, COUNTS)),
    day: some(oneOf(random, DAYS)),
    ok: some(random.next() < 0.5),
  };
}

type Op = 'eq' | 'neq' | 'gt' | 'gte' | 'lt' | 'lte';
const OPS: readonly Op[] = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte'];
const SQL_OPS: Readonly<Record<Op, string>> = { eq: '=', neq: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' };
type Value = bigint | string | boolean;

type Term = { readonly column: Column; readonly not: boolean } & (
  | { readonly kind: 'compare'; readonly op: Op; readonly value: Value }
  | { readonly kind: 'in'; readonly values: readonly Value[] }
  | { readonly kind: 'null' }
  | { readonly kind: 'like'; readonly start: string; readonly anyCase: boolean }
);

interface Order {
  readonly column: Column;
  readonly descending: boolean;
  readonly nulls: 'first' | 'last';
}

export interface Question {
  /** Each holds when one of its terms does. */
  readonly where: readonly (readonly Term[])[];
  readonly select: readonly Column[];
  /** Ends with the key, so that there is one answer. */
  readonly order: readonly Order[];
  readonly limit: number | undefined;
}

export function drawQuestion(random: Random): Question {
  const order = some(random, COLUMNS, 2).map((column) => ({
    column,
    descending: random.next() < 0.5,
    nulls: oneOf(random, ['first', 'last'] as const),
  }));
  const byKey = { column: 'id', descending: false, nulls: 'last' } as const;
  const select = some(random, COLUMNS, COLUMNS.length);
  return {
    where: Array.from({ length: integerBetween(random, 0, 2) }, () =>
      Array.from({ length: oneOf(random, [1, 1, 2]) }, () => drawTerm(random)),
    ),
    select: select.length > 0 ? select : COLUMNS,
    order: order.some(({ column }) => column === 'id') ? order : [...order, byKey],
    limit: random.next() < 0.3 ? integerBetween(random, 1, 300) : undefined,
  };
}

function some<T>(random: Random, all: readonly T[], most: number): T[] {
  const left = [...all];
  return Array.from({ length: integerBetween(random, 0, most) }, () =>
    left.splice(integerBetween(random, 0, left.length - 1), 1),
  ).flat();
}

function drawTerm(random: Random): Term {
  const column = oneOf(random, COLUMNS);
  const not = random.next() < 0.2;
  const value = () => drawRow(random, BigInt(integerBetween(random, 1, 3_000)))[column] ?? undefined;
  const values = Array.from({ length: 3 }, value).filter((one) => one !== undefined);
  const [first] = values;
  const kind = integerBetween(random, 1, 10);
  if (first === undefined || kind === 1) return { column, not, kind: 'null' };
  if (column === 'city' && kind <= 4)
    return { column, not, kind: 'like', start: oneOf(random, ['O', 'o', 'B(', 'it']), anyCase: kind === 4 };
  // Booleans are told apart, and have no order that anybody asks for.
  if (kind <= 3 && column !== 'ok') return { column, not, kind: 'in', values };
  return { column, not, kind: 'compare', op: column === 'ok' ? 'eq' : oneOf(random, OPS), value: first };
}

/** Undefined where it is not known, because a value is not there. */
function holds(row: Row, term: Term): boolean | undefined {
  const value = row[term.column];
  if (term.kind === 'null') return (value === null) !== term.not;
  if (value === null) return undefined;
  return isTrue(value, term) !== term.not;
}

function isTrue(value: Value, term: Exclude<Term, { kind: 'null' }>): boolean {
  if (term.kind === 'in') return term.values.includes(value);
  if (term.kind === 'like') {
    const text = String(value);
    return term.anyCase
      ? text.toLowerCase().startsWith(term.start.toLowerCase())
      : text.startsWith(term.start);
  }
  const order = compare(value, term.value);
  const is = {
    eq: order === 0,
    neq: order !== 0,
    gt: order > 0,
    gte: order >= 0,
    lt: order < 0,
    lte: order <= 0,
  };
  return is[term.op];
}

/** Text by its bytes. */
function compare(a: Value, b: Value): number {
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(String(b)));
  return a === b ? 0 : a < b ? -1 : 1;
}

export function matching({ where }: Pick<Question, 'where'>, rows: readonly Row[]): Row[] {
  return rows.filter((row) => where.every((terms) => terms.some((term) => holds(row, term) === true)));
}

/** The answer's rows in their order, as texts. */
export function answerOf(question: Question, rows: readonly Row[]): string[] {
  const sorted = matching(question, rows).sort((a, b) => {
    for (const { column, descending, nulls } of question.order) {
      const [x, y] = [a[column], b[column]];
      if (x === null && y === null) continue;
      if (x === null || y === null) return (x === null) === (nulls === 'first') ? -1 : 1;
      const order = compare(x, y);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  });
  return sorted.slice(0, question.limit).map((row) => rowText(row, question.select));
}

/** Members in the order of the names, and numbers as `parseExact` has them. */
export function rowText(row: Row, columns: readonly Column[] = COLUMNS): string {
  const members = [...columns].sort().map((column) => [column, exact(column, row[column])]);
  return JSON.stringify(Object.fromEntries(members));
}

function exact(column: Column, value: Row[Column]): unknown {
  if (typeof value !== 'bigint') return value;
  return canonicalNumber(column === 'amount' ? centsText(value) : String(value));
}

function centsText(cents: bigint): string {
  const digits = String(cents < 0n ? -cents : cents).padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** As it is pushed. */
export function rowJson(row: Row): string {
  const text = (value: Row[Column], column: Column) => {
    if (typeof value !== 'bigint') return JSON.stringify(value);
    return column === 'amount' ? `"${centsText(value)}"` : String(value);
  };
  return `{${COLUMNS.map((column) => `"${column}":${text(row[column], column)}`).join(',')}}`;
}

function plain(column: Column, value: Value): string {
  return typeof value === 'bigint' && column === 'amount' ? centsText(value) : String(value);
}

/** The question's parameters in REST; those of a chart are the filters and the columns alone. */
export function restParameters(question: Question, by: 'rest' | 'chart'): URLSearchParams {
  const parameters = new URLSearchParams({ select: question.select.join(',') });
  for (const terms of question.where) {
    const [only] = terms;
    if (terms.length === 1 && only) parameters.append(only.column, restCondition(only, false));
    else
      parameters.append(
        'or',
        `(${terms.map((term) => `${term.column}.${restCondition(term, true)}`).join(',')})`,
      );
  }
  if (by === 'chart') return parameters;
  const order = question.order.map(
    ({ column, descending, nulls }) => `${column}.${descending ? 'desc' : 'asc'}.nulls${nulls}`,
  );
  parameters.set('order', order.join(','));
  return parameters;
}

function restCondition(term: Term, isListed: boolean): string {
  const { column } = term;
  const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
  const alone = (text: string) => (isListed ? quoted(text) : text);
  const not = term.not ? 'not.' : '';
  switch (term.kind) {
    case 'null':
      return `${not}is.null`;
    case 'in':
      return `${not}in.(${term.values.map((value) => quoted(plain(column, value))).join(',')})`;
    case 'like':
      return `${not}${term.anyCase ? 'ilike' : 'like'}.${alone(`${term.start}%`)}`;
    case 'compare':
      return `${not}${term.op}.${alone(plain(column, term.value))}`;
  }
}

/** `what` is the list behind SELECT. */
export function sqlOf(question: Question, table: string): string {
  const order = question.order.map(
    ({ column, descending, nulls }) => `${column} ${descending ? 'desc' : 'asc'} nulls ${nulls}`,
  );
  const limit = question.limit === undefined ? '' : ` limit ${question.limit}`;
  return `select ${question.select.join(', ')} from ${table}${whereSql(question)} order by ${order.join(', ')}${limit}`;
}

export function whereSql({ where }: Pick<Question, 'where'>): string {
  if (where.length === 0) return '';
  return ` where ${where.map((terms) => `(${terms.map(termSql).join(' or ')})`).join(' and ')}`;
}

function termSql(term: Term): string {
  const { column } = term;
  const literal = (value: Value) =>
    typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : plain(column, value);
  const not = term.not ? 'not ' : '';
  switch (term.kind) {
    case 'null':
      return `${column} is ${not}null`;
    case 'in':
      return `${column} ${not}in (${term.values.map(literal).join(', ')})`;
    case 'like':
      return `${column} ${not}${term.anyCase ? 'ilike' : 'like'} '${term.start}%'`;
    case 'compare':
      return `${not}(${column} ${SQL_OPS[term.op]} ${literal(term.value)})`;
  }
}

/** What a group by one column gives: `select g, count(*), sum(amount), min(n), max(day), count(distinct city)`, as texts. */
export function groupsOf(question: Pick<Question, 'where'>, by: Column, rows: readonly Row[]): string[] {
  const groups = new Map<string, Row[]>();
  for (const row of matching(question, rows)) {
    const name = rowText(row, [by]);
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return [...groups.values()].map((group) => {
    const present = <T extends Column>(column: T) =>
      group.map((row) => row[column]).filter((value) => value !== null);
    const least = <T extends Value>(values: readonly T[], sign: number) =>
      values.reduce<T | null>(
        (best, value) => (best === null || sign * compare(value, best) < 0 ? value : best),
        null,
      );
    const amounts = present('amount') as bigint[];
    const sum = amounts.length === 0 ? null : amounts.reduce((total, cents) => total + cents, 0n);
    return JSON.stringify({
      a_count: canonicalNumber(String(group.length)),
      b_sum: exact('amount', sum),
      c_min: exact('n', least(present('n') as bigint[], 1)),
      d_max: least(present('day') as string[], -1),
      e_cities: canonicalNumber(String(new Set(present('city')).size)),
      g: exact(by, group[0]?.[by] ?? null),
    });
  });
}

export function groupSql(question: Pick<Question, 'where'>, by: Column, table: string): string {
  return `select ${by} as g, count(*) as a_count, sum(amount) as b_sum, min(n) as c_min, max(day) as d_max, count(distinct city) as e_cities from ${table}${whereSql(question)} group by ${by}`;
}
