import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { SEED } from '../../test/support/seed.ts';
import { integerBetween, oneOf, type Random, seededRandom } from '../base/random.ts';
import type { Dataset, Field } from './field.ts';
import { columnsOf } from './field.ts';
import { reduceRowsSql, shownColumnsSql } from './reduce-sql.ts';
import { sqlName, sqlText, sqlType } from './sql-type.ts';

/** A plain reference: documents as JavaScript values, numbers inside JSON as `{ digits }`. Shares nothing with the SQL. */
type Plain = null | string | number | boolean | Plain[] | { [name: string]: Plain };
interface Sent {
  readonly op: 'upsert' | 'delete';
  readonly row: { readonly [name: string]: Plain };
}

const text = (name: string, more: Partial<Field> = {}): Field => ({ name, type: 'string', ...more });
const integer = (name: string, more: Partial<Field> = {}): Field => ({ name, type: 'integer', ...more });

const all: Dataset = {
  name: 'all',
  key: ['k', 'k2'],
  extra: 'refuse',
  fields: [
    text('k'),
    integer('k2'),
    integer('l'),
    integer('f', { reduce: 'first' }),
    integer('s', { reduce: 'sum' }),
    { name: 'd', type: 'decimal', precision: 38, scale: 2, reduce: 'sum' },
    text('lo', { reduce: 'min' }),
    integer('hi', { reduce: 'max' }),
    { name: 'ap', type: 'array', items: integer('items'), reduce: 'append' },
    { name: 'st', type: 'array', items: integer('items'), reduce: 'set' },
    {
      name: 'o',
      type: 'object',
      reduce: 'merge',
      fields: [integer('a'), { name: 'in', type: 'object', fields: [text('b'), integer('c')] }],
    },
    { name: 'j', type: 'json', reduce: 'merge' },
  ],
};
const { reduce: _, ...lastColumn } = integer('x', { reduce: 'last' });
const lastOnly: Dataset = {
  name: 'last',
  key: ['k', 'k2'],
  extra: 'refuse',
  fields: [text('k'), integer('k2'), lastColumn],
};

function isObject(value: Plain | undefined): value is { [name: string]: Plain } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('digits' in value);
}

function mergePatch(target: Plain | undefined, patch: Plain): Plain {
  if (!isObject(patch)) return patch;
  const result: { [name: string]: Plain } = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = mergePatch(result[name], value);
  }
  return result;
}

function mergeObjects(older: Plain, newer: Plain): Plain {
  if (newer === null) return older;
  if (!isObject(older) || !isObject(newer)) return newer;
  const names = new Set([...Object.keys(older), ...Object.keys(newer)]);
  return Object.fromEntries(
    [...names].map((name) => [name, mergeObjects(older[name] ?? null, newer[name] ?? null)]),
  );
}

function combine(field: Field, values: readonly Plain[]): Plain {
  const known = values.filter((value) => value !== null);
  const numbers = known as number[];
  switch (field.reduce ?? 'last') {
    case 'last':
      return values.at(-1) ?? null;
    case 'first':
      return known[0] ?? null;
    case 'sum':
      return known.length === 0 ? null : numbers.reduce((a, b) => a + b);
    case 'min':
      return known.length === 0 ? null : ([...known].sort()[0] as Plain);
    case 'max':
      return known.length === 0 ? null : Math.max(...numbers);
    case 'append':
      return known.length === 0 ? null : (known.flat() as Plain);
    case 'set':
      return known.length === 0 ? null : sortedSet(known.flat() as Plain[]);
    case 'merge':
      if (field.type === 'object') return known.reduce<Plain>(mergeObjects, null);
      return known.length === 0 ? null : known.reduce<Plain>((a, b) => mergePatch(a, b), {});
  }
}

function sortedSet(items: Plain[]): Plain {
  const known = [...new Set(items)].filter((item) => item !== null) as number[];
  return [...known.sort((a, b) => a - b), ...(items.includes(null) ? [null] : [])];
}

function referenceRows(dataset: Dataset, sent: readonly Sent[]): Plain[] {
  const live = new Map<string, { [name: string]: Plain }[]>();
  for (const { op, row } of sent) {
    const key = JSON.stringify([row.k, row.k2]);
    if (op === 'delete') live.delete(key);
    else live.set(key, [...(live.get(key) ?? []), row]);
  }
  return [...live.values()].map((rows) =>
    Object.fromEntries(
      dataset.fields.map((field) => [
        field.name,
        combine(
          field,
          rows.map((row) => row[field.name] ?? null),
        ),
      ]),
    ),
  );
}

/** Canonical text: members by name, numbers digit for digit, decimals with their two digits. */
function canonical(value: Plain): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if ('digits' in value && typeof value.digits === 'string') return value.digits;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

function literal(field: Field, value: Plain): string {
  if (value === null) return `NULL::${sqlType(field)}`;
  if (field.type === 'json') return sqlText(canonical(value));
  if (field.type === 'array' || field.type === 'object') {
    const fixed =
      field.type === 'object'
        ? `from_json(${sqlText(JSON.stringify(value))}, ${sqlText(shape(field))})`
        : `${JSON.stringify(value)}`;
    return `(${fixed})::${sqlType(field)}`;
  }
  return `${sqlText(String(value))}::${sqlType(field)}`;
}

function shape(field: Field): string {
  if (field.type !== 'object') return JSON.stringify(sqlType(field));
  return `{${(field.fields ?? []).map((f) => `${JSON.stringify(f.name)}:${shape(f)}`).join(',')}}`;
}

function randomJson(random: Random, depth: number): Plain {
  const kind = integerBetween(random, 0, depth > 0 ? 9 : 5);
  if (kind === 0) return null;
  if (kind === 1) return { digits: oneOf(random, ['1.10', '-0.0', '12345678901234567890.5', '1e400', '0']) };
  if (kind === 2) return oneOf(random, ['n1', 'n', '', '1', 'a"n', 'b\\', 'n1n', '"n"', 'ä,:{', '\\"n']);
  if (kind === 3) return random.next() < 0.5;
  if (kind === 4) return [{ digits: '1.0' }, null, 'n2'];
  const names = ['a', 'b', 'n', 'x"', ''].filter(() => random.next() < 0.5);
  return Object.fromEntries(names.map((name) => [name, randomJson(random, depth - 1)]));
}

function randomValue(random: Random, field: Field): Plain {
  if (random.next() < 0.3) return null;
  const small = () => integerBetween(random, -3, 3);
  if (field.type === 'string') return oneOf(random, ['a', 'b', 'B', 'é']);
  if (field.type === 'array')
    return Array.from({ length: integerBetween(random, 0, 3) }, () => (random.next() < 0.2 ? null : small()));
  if (field.type === 'json') return randomJson(random, 3);
  if (field.type === 'object')
    return Object.fromEntries(
      (field.fields ?? []).map((member) => [member.name, randomValue(random, member)]),
    );
  return small();
}

function randomSent(random: Random, dataset: Dataset): Sent {
  const key = { k: oneOf(random, ['a', 'b', null]), k2: oneOf(random, [1, null]) };
  if (random.next() < 0.12) return { op: 'delete', row: key };
  return {
    op: 'upsert',
    row: { ...Object.fromEntries(dataset.fields.map((f) => [f.name, randomValue(random, f)])), ...key },
  };
}

class Table {
  readonly #run: (sql: string) => Promise<readonly (readonly unknown[])[]>;
  #count = 0;

  constructor(run: (sql: string) => Promise<readonly (readonly unknown[])[]>) {
    this.#run = run;
  }

  /** Puts what the query gives into a table of its own, so that nested reductions do not multiply. */
  async keep(query: string): Promise<string> {
    const name = `t${this.#count++}`;
    await this.#run(`CREATE TEMP TABLE ${name} AS ${query}`);
    return `SELECT * FROM ${name}`;
  }

  async rows(query: string): Promise<string[]> {
    return (await this.#run(query)).map((row) => String(row[0]));
  }
}

async function openTable(): Promise<Table> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  return new Table(async (sql) => (await connection.runAndReadAll(sql)).getRowsJS() as unknown[][]);
}

function recordSql(dataset: Dataset, sent: Sent, position: number): string {
  const gone = sent.op === 'delete';
  const columns = columnsOf(dataset).map(
    (f) => `${literal(f, sent.row[f.name] ?? null)} AS ${sqlName(f.name)}`,
  );
  return `SELECT ${position}::BIGINT AS _position, ${gone} AS _reset, ${gone} AS _deleted, ${columns.join(', ')}`;
}

/** Reduces the records in a random grouping of adjacent ranges. */
async function reduceInGroups(
  random: Random,
  table: Table,
  dataset: Dataset,
  records: readonly string[],
): Promise<string> {
  if (records.length <= 1 || random.next() < 0.2)
    return table.keep(reduceRowsSql(dataset, records.join(' UNION ALL ')));
  const cut = integerBetween(random, 1, records.length - 1);
  const left = await reduceInGroups(random, table, dataset, records.slice(0, cut));
  const right = await reduceInGroups(random, table, dataset, records.slice(cut));
  return table.keep(reduceRowsSql(dataset, `${left} UNION ALL ${right}`));
}

async function shownRows(table: Table, dataset: Dataset, state: string): Promise<string[]> {
  const object = columnsOf(dataset)
    .map((f) => {
      const name = sqlName(f.name);
      const value =
        f.type === 'json'
          ? name
          : f.type === 'decimal'
            ? `(${name}::BIGINT)::VARCHAR`
            : `to_json(${name})::VARCHAR`;
      return `'${JSON.stringify(f.name)}:' || coalesce(${value}, 'null')`;
    })
    .join(` || ',' || `);
  const rows = await table.rows(
    `SELECT '{' || ${object} || '}' FROM (SELECT ${shownColumnsSql(dataset)} FROM (${state}) WHERE NOT _deleted)`,
  );
  return rows.map((row) => canonical(exact(row))).sort();
}

/** JSON text as a plain value whose numbers keep their digits. */
function exact(row: string): Plain {
  const quoted = row.replace(
    /("(?:[^"\\]|\\.)*")|(-?[0-9][0-9.eE+-]*)/g,
    (_m, s, n) => s ?? `{"digits":"${n}"}`,
  );
  return JSON.parse(quoted) as Plain;
}

function numbersAsDigits(value: Plain): Plain {
  if (typeof value === 'number') return { digits: String(value) };
  if (Array.isArray(value)) return value.map(numbersAsDigits);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, numbersAsDigits(member)]));
}

describe('reduceRowsSql', () => {
  it.each([all, lastOnly])(
    'gives the state that replaying the records gives, in any grouping ($name)',
    async (dataset) => {
      const seed = SEED;
      for (let round = 0; round < 12; round++) {
        const random = seededRandom(seed + round);
        const table = await openTable();
        const sent = Array.from({ length: integerBetween(random, 1, 24) }, () => randomSent(random, dataset));
        const records = sent.map((record, i) => recordSql(dataset, record, i + 1));
        const state = await reduceInGroups(random, table, dataset, records);
        const expected = referenceRows(dataset, sent)
          .map((row) => canonical(numbersAsDigits(row)))
          .sort();
        expect(await shownRows(table, dataset, state), `seed ${seed + round}`).toEqual(expected);
      }
    },
  );

  it('raises when a sum leaves its type, and never wraps', async () => {
    const largest: Record<string, string> = { s: '9223372036854775807', d: `${'9'.repeat(36)}.99` };
    for (const [name, value] of Object.entries(largest)) {
      const table = await openTable();
      const field = all.fields.find((f) => f.name === name) as Field;
      const dataset: Dataset = { ...all, fields: [text('k'), integer('k2'), field] };
      const one = (position: number) =>
        recordSql(dataset, { op: 'upsert', row: { k: 'a', k2: 1, [name]: value } }, position);
      await expect(table.keep(reduceRowsSql(dataset, `${one(1)} UNION ALL ${one(2)}`))).rejects.toThrow(
        /[Oo]ut of [Rr]ange|can't be cast/,
      );
    }
  });

  it('takes the whole row as the key when the dataset says so, objects and lists included', async () => {
    const dataset: Dataset = {
      name: 'r',
      key: 'row',
      extra: 'refuse',
      fields: [integer('a'), { name: 'l', type: 'array', items: integer('items') }],
    };
    const table = await openTable();
    const record = (position: number, op: Sent['op'], row: Sent['row']) =>
      recordSql(dataset, { op, row }, position);
    const records = [
      record(1, 'upsert', { a: 1, l: [1, null] }),
      record(2, 'upsert', { a: 1, l: [1, null] }),
      record(3, 'upsert', { a: null, l: null }),
      record(4, 'upsert', { a: 2, l: [] }),
      record(5, 'delete', { a: 2, l: [] }),
    ];
    const state = await table.keep(reduceRowsSql(dataset, records.join(' UNION ALL ')));
    expect(await shownRows(table, dataset, state)).toEqual(['{"a":1,"l":[1,null]}', '{"a":null,"l":null}']);
  });
});
