/** The table of a delivery: made under another name, then swapped, so that readers see the old rows or the new. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { crashPoint } from '../../base/crash-points.ts';
import type { NamedConnection } from '../../kit/connection.ts';
import type { DeliveredFile } from '../../kit/delivery.ts';
import { askPostgres, postgresError, postgresName } from '../../kit/postgres-client.ts';
import { sentType, storedValue, type TableColumn } from './table-columns.ts';

/** Postgres cuts longer names; what is appended must fit too. */
const NAME_LENGTH_MAX = 40;
const STAGE = 'wharf_stage';

export interface TableOptions {
  readonly client: pg.Client;
  readonly connection: NamedConnection;
  readonly schema: string;
  readonly table: string;
}

export class PostgresTable {
  readonly #options: TableOptions;
  /** Quoted, with its schema. */
  readonly name: string;

  constructor(options: TableOptions) {
    this.#options = options;
    this.name = postgresName(options.schema, options.table);
  }

  async exists(): Promise<boolean> {
    const [row] = await this.ask<{ known: string }>('select to_regclass($1) is not null as known', [
      this.name,
    ]);
    return row?.known === 't';
  }

  async ask<T extends Record<string, string | null>>(sql: string, values?: readonly unknown[]): Promise<T[]> {
    crashPoint('deliver.postgres-before-statement');
    return askPostgres<T>(this.#options.client, this.#options.connection, sql, values);
  }

  /** Columns by name, as `format_type` prints their types. */
  async columns(): Promise<ReadonlyMap<string, string>> {
    const rows = await this.ask<{ name: string; type: string }>(
      'select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped',
      [this.name],
    );
    return new Map(rows.map(({ name, type }) => [name, type]));
  }

  /** The name of a new table; `part` tells writers apart. */
  newName(part: string): string {
    return `${this.#options.table.slice(0, NAME_LENGTH_MAX)}__wharf_${part}`;
  }

  /** New tables that were left behind by earlier writers. */
  async removeLeftOvers(): Promise<void> {
    const { schema, table } = this.#options;
    const rows = await this.ask<{ name: string }>(
      `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relkind = 'r' and starts_with(c.relname, $2) and substr(c.relname, length($2) + 1) ~ '^[0-9]+$'`,
      [schema, `${table.slice(0, NAME_LENGTH_MAX)}__wharf_`],
    );
    for (const { name } of rows) await this.ask(`drop table if exists ${postgresName(schema, name)}`);
  }

  /** Copies CSV files, with a header each, into a table, within the caller's transaction. */
  async copy(
    target: string,
    columns: readonly TableColumn[],
    files: readonly DeliveredFile[],
  ): Promise<void> {
    const isStaged = columns.some(({ isBytes }) => isBytes);
    const names = columns.map(({ name }) => postgresName(name)).join(', ');
    if (isStaged) {
      const staged = columns.map((column) => `${postgresName(column.name)} ${sentType(column)}`);
      await this.ask(`create temp table ${STAGE} (${staged.join(', ')}) on commit drop`);
    }
    for (const file of files) await this.#copyFile(isStaged ? STAGE : target, names, file);
    if (!isStaged) return;
    const values = columns.map((column) => storedValue(column, 's')).join(', ');
    await this.ask(`insert into ${target} (${names}) select ${values} from ${STAGE} s`);
  }

  /** Within the caller's transaction: the new table takes the place, the rights and the owner's name of the old one. */
  async swap(newTable: string, keys: readonly string[]): Promise<void> {
    const { schema, table } = this.#options;
    const grants = await this.ask<{ sql: string }>(
      `select format('grant %s on table ${this.#formatted(newTable)} to %s%s', a.privilege_type, case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end, case when a.is_grantable then ' with grant option' else '' end) as sql from pg_class c, aclexplode(c.relacl) a where c.oid = to_regclass($1) and a.grantee <> c.relowner`,
      [this.name],
    );
    for (const { sql } of grants) await this.ask(sql);
    await this.ask(`drop table if exists ${this.name}`);
    await this.ask(`alter table ${postgresName(schema, newTable)} rename to ${postgresName(table)}`);
    if (keys.length > 0)
      await this.ask(
        `alter table ${this.name} rename constraint ${postgresName(`${newTable}_key`)} to ${postgresName(`${table.slice(0, NAME_LENGTH_MAX)}_pkey`)}`,
      );
  }

  /** For `format`, whose own signs are doubled. */
  #formatted(newTable: string): string {
    return postgresName(this.#options.schema, newTable).replaceAll('%', '%%').replaceAll("'", "''");
  }

  async #copyFile(target: string, names: string, file: DeliveredFile): Promise<void> {
    const { client, connection } = this.#options;
    const into = client.query(copyFrom(`copy ${target} (${names}) from stdin (format csv, header true)`));
    try {
      await pipeline(createReadStream(file.path, { highWaterMark: 1 << 18 }), into);
    } catch (thrown) {
      throw postgresError(thrown, connection);
    }
  }
}
