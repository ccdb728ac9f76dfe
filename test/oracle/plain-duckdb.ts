/** The judge: DuckDB without anything around it, over the rows that the test itself keeps. */
import {
  DuckDBArrayValue,
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBStructValue,
  type DuckDBValue,
} from '@duckdb/node-api';
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

  async #load({ product, rows }: PushedState): Promise<void> {
    const columns = product.columns.map(({ name, kind }) => `${name} ${SQL_TYPES[kind]}`);
    await this.#connection.run(`create or replace temp table ${product.name} (${columns.join(', ')})`);
    if (rows.length === 0) return;
    const values = rows.map((row) => `(${row.map(({ sql }) => sql).join(', ')})`);
    await this.#connection.run(`insert into ${product.name} values ${values.join(', ')}`);
  }

  async #derive({ name, columns, key, sql }: DerivedProduct): Promise<unknown[]> {
    const typed = columns.map(
      (column) => `cast(${column.name} as ${SQL_TYPES[column.kind]}) as ${column.name}`,
    );
    const distinct = key === 'row' ? 'distinct ' : '';
    await this.#connection.run(
      `create or replace temp table ${name} as select ${distinct}${typed.join(', ')} from (${sql})`,
    );
    const reader = await this.#connection.runAndReadAll(`select * from ${name}`);
    return reader
      .getRows()
      .map((row) =>
        Object.fromEntries(columns.map((column, i) => [column.name, canonical(row[i] as DuckDBValue)])),
      );
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
