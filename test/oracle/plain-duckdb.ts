/** The judge: DuckDB without anything around it, over the rows that the test itself keeps. */
import {
  DuckDBArrayValue,
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBStructValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { Reduction } from '../../src/schema/field.ts';
import { parseExact } from '../support/read-ports.ts';
import type { DerivedProduct, DrawnMesh } from './grammar/mesh.ts';
import { SQL_TYPES } from './grammar/relation.ts';
import type { PushedState } from './pushed-state.ts';

/** One for all judges: what each makes is temporary, and so its connection's own. */
let instance: Promise<DuckDBInstance> | undefined;

export class PlainDuckdb {
  readonly #connection: DuckDBConnection;

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  static async open(): Promise<PlainDuckdb> {
    instance ??= DuckDBInstance.create(':memory:', { threads: '1' });
    return new PlainDuckdb(await (await instance).connect());
  }

  /** The rows of every derived product, by name, in the canonical form of `parseExact`. */
  async answers(mesh: DrawnMesh, states: readonly PushedState[]): Promise<Map<string, unknown[]>> {
    for (const state of states) await this.#load(state);
    const answers = new Map<string, unknown[]>();
    for (const product of mesh.derived) answers.set(product.name, await this.#derive(product));
    return answers;
  }

  async close(): Promise<void> {
    this.#connection.closeSync();
  }

  async #load({ table, rows }: PushedState): Promise<void> {
    const columns = table.columns.map(({ name, kind }) => `${name} ${SQL_TYPES[kind]}`);
    await this.#connection.run(`create or replace temp table ${table.name} (${columns.join(', ')})`);
    if (rows.length === 0) return;
    const values = rows.map((row) => `(${row.map(({ sql }) => sql).join(', ')})`);
    await this.#connection.run(`insert into ${table.name} values ${values.join(', ')}`);
  }

  async #derive(product: DerivedProduct): Promise<unknown[]> {
    const { name, columns } = product;
    await this.#connection.run(`create or replace temp table ${name} as ${rowsSql(product)}`);
    const reader = await this.#connection.runAndReadAll(`select * from ${name}`);
    return reader
      .getRows()
      .map((row) =>
        Object.fromEntries(columns.map((column, i) => [column.name, canonical(row[i] as DuckDBValue)])),
      );
  }
}

function rowsSql({ columns, key, sql, reads, reductions }: DerivedProduct): string {
  const typed = columns.map(
    (column) => `cast(${column.name} as ${SQL_TYPES[column.kind]}) as ${column.name}`,
  );
  if (!reductions) return `select ${key === 'row' ? 'distinct ' : ''}${typed.join(', ')} from (${sql})`;
  // The rows of a table that only grows are in the order of their positions.
  const records = `(select *, 'upsert' as op, rowid + 1 as position from ${reads[0]})`;
  const given = `select row_number() over () as n, ${typed.join(', ')} from (${sql.replace(`changes(${reads[0]})`, records)})`;
  const reduced = columns.map(({ name }) => {
    const reduction = reductions.get(name);
    return reduction ? `${reducedSql(name, reduction)} as ${name}` : name;
  });
  return `select ${reduced.join(', ')} from (${given}) group by ${[...key].join(', ')}`;
}

/** What the reduction makes of all values of the column, by `n`. */
function reducedSql(column: string, reduction: Reduction): string {
  const known = `filter (where ${column} is not null)`;
  const all = `flatten(list(${column} order by n) ${known})`;
  const member = (name: string) =>
    `'${name}': last(${column}.${name} order by n) filter (where ${column}.${name} is not null)`;
  switch (reduction) {
    case 'last':
      return `last(${column} order by n)`;
    case 'first':
      return `first(${column} order by n) ${known}`;
    case 'append':
      return all;
    case 'set':
      return `list_sort(list_distinct(${all})) || list_filter(${all}, lambda x: x is null)[1:1]`;
    case 'merge':
      return `case when count(${column}) > 0 then {${member('p')}, ${member('q')}} end`;
    default:
      return `${reduction}(${column})`;
  }
}

function canonical(value: DuckDBValue): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return parseExact(String(value));
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue)
    return value.items.map(canonical);
  if (value instanceof DuckDBStructValue)
    return Object.fromEntries(
      Object.entries(value.entries).map(([name, member]) => [name, canonical(member)]),
    );
  const text = value.toString();
  return /^-?\d+(\.\d+)?$/.test(text) ? parseExact(text) : text;
}
