/** Filters, orders and pages rows in memory, the plain way: an oracle for what ports ask of a reader. */
import { type Dataset, type Field, keyFieldsOf } from '../../schema/field.ts';
import { readJson } from '../../schema/json-reader.ts';
import { isJsonObject, memberOf, writeJson } from '../../schema/json-value.ts';
import type { Filter, OrderTerm, RowsPage, RowsQuery } from '../../schema/rows-query.ts';
import { valueText } from '../../schema/text-form.ts';

export interface FakeRow {
  readonly position: number;
  readonly document: string;
  readonly texts: Readonly<Record<string, string | null>>;
}

export function fakeRow(dataset: Dataset, position: number, document: string): FakeRow {
  const value = readJson(document);
  if (!isJsonObject(value)) throw new Error('a row is an object');
  const texts = Object.fromEntries(
    dataset.fields.map((f) => [f.name, valueText(f, memberOf(value, f.name) ?? null)]),
  );
  return { position, document, texts };
}

export function queryRows(dataset: Dataset, rows: readonly FakeRow[], query: RowsQuery): RowsPage {
  const order = completed(dataset, query.order);
  const matching = rows.filter((row) => !query.filter || matches(dataset, row, query.filter) === true);
  const sorted = [...matching].sort((a, b) =>
    compareRows(dataset, order, cursorOf(order, a), cursorOf(order, b)),
  );
  const after = query.after;
  const rest = after
    ? sorted.filter((row) => compareRows(dataset, order, cursorOf(order, row), after) > 0)
    : sorted;
  const page = rest.slice(0, query.limit);
  const last = page.at(-1);
  return {
    rows: page.map((row) => selected(row, query.select)),
    next: rest.length > page.length && last ? cursorOf(order, last) : undefined,
    count: query.count ? matching.length : undefined,
  };
}

const POSITION: Field = { name: '#position', type: 'integer' };

function completed(dataset: Dataset, order: readonly OrderTerm[]): readonly OrderTerm[] {
  const tie = dataset.key === 'none' ? [POSITION] : keyFieldsOf(dataset);
  const missing = tie.filter((field) => !order.some((term) => term.field === field.name));
  return [...order, ...missing.map((f) => ({ field: f.name, descending: false, nulls: 'last' }) as const)];
}

function cursorOf(order: readonly OrderTerm[], row: FakeRow): (string | null)[] {
  return order.map(({ field }) =>
    field === POSITION.name ? String(row.position) : (row.texts[field] ?? null),
  );
}

function compareRows(
  dataset: Dataset,
  order: readonly OrderTerm[],
  a: readonly (string | null)[],
  b: readonly (string | null)[],
): number {
  for (const [i, term] of order.entries()) {
    const [left, right] = [a[i] ?? null, b[i] ?? null];
    if (left === right) continue;
    if (left === null || right === null) return (left === null) === (term.nulls === 'first') ? -1 : 1;
    const way = compareTexts(fieldOf(dataset, term.field), left, right);
    if (way !== 0) return term.descending ? -way : way;
  }
  return 0;
}

function fieldOf(dataset: Dataset, name: string): Field {
  return dataset.fields.find((field) => field.name === name) ?? POSITION;
}

function compareTexts(field: Field, a: string, b: string): number {
  if (field.type === 'integer') return sign(BigInt(a) - BigInt(b) > 0n, a === b);
  if (field.type === 'number' || field.type === 'decimal')
    return sign(Number(a) > Number(b), Number(a) === Number(b));
  return sign(a > b, a === b);
}

function sign(greater: boolean, equal: boolean): number {
  if (equal) return 0;
  return greater ? 1 : -1;
}

/** Three-valued, as in SQL: undefined is unknown. */
function matches(dataset: Dataset, row: FakeRow, filter: Filter): boolean | undefined {
  switch (filter.op) {
    case 'and':
    case 'or': {
      const results = filter.terms.map((term) => matches(dataset, row, term));
      const decisive = filter.op === 'or';
      if (results.includes(decisive)) return decisive;
      return results.includes(undefined) ? undefined : !decisive;
    }
    case 'not': {
      const result = matches(dataset, row, filter.term);
      return result === undefined ? undefined : !result;
    }
    case 'is':
      return (row.texts[filter.field] ?? 'null') === filter.value;
    default:
      return compares(dataset, row.texts[filter.field] ?? null, filter);
  }
}

type Compared = Exclude<Filter, { op: 'and' | 'or' | 'not' | 'is' }>;

function compares(dataset: Dataset, text: string | null, filter: Compared): boolean | undefined {
  if (text === null) return undefined;
  if (filter.op === 'in') return filter.values.includes(text);
  if (filter.op === 'like' || filter.op === 'ilike')
    return likePattern(filter.value, filter.op === 'ilike').test(text);
  const way = compareTexts(fieldOf(dataset, filter.field), text, filter.value);
  switch (filter.op) {
    case 'eq':
      return way === 0;
    case 'neq':
      return way !== 0;
    case 'gt':
      return way > 0;
    case 'gte':
      return way >= 0;
    case 'lt':
      return way < 0;
    case 'lte':
      return way <= 0;
  }
}

function likePattern(pattern: string, anyCase: boolean): RegExp {
  const source = pattern
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${source}$`, anyCase ? 'is' : 's');
}

function selected(row: FakeRow, select: readonly string[] | undefined): string {
  if (!select) return row.document;
  const value = readJson(row.document);
  if (!isJsonObject(value)) throw new Error('a row is an object');
  const members = select.map((name) => `${JSON.stringify(name)}:${writeJson(memberOf(value, name) ?? null)}`);
  return `{${members.join(',')}}`;
}
