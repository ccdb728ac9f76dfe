/** What a database says about one table. */
import type pg from 'pg';
import { WharfError } from '../../base/errors.ts';
import type { NamedConnection } from '../../kit/connection.ts';
import { askPostgres } from '../../kit/postgres-client.ts';
import './errors.ts';

export interface SourceColumn {
  readonly name: string;
  readonly typeOid: number;
  /** `numeric(12,2)`, as SQL writes it. */
  readonly typeText: string;
  readonly required: boolean;
  readonly generated: boolean;
  readonly doc: string | null;
}

export interface SourceTable {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly doc: string | null;
  readonly columns: readonly SourceColumn[];
  readonly primaryKey: readonly string[];
  /** The columns that the log tells of rows that are deleted or changed. */
  readonly identity: readonly string[];
  /** The log tells the whole row as it was. */
  readonly identityIsWhole: boolean;
  /** As the server last counted. */
  readonly bytes: number;
}

const TABLE_SQL = `select c.oid::text as oid, c.relreplident as identity, obj_description(c.oid, 'pg_class') as doc,
  (case c.relkind when 'p' then (select coalesce(sum(pg_table_size(i.relid)), 0) from pg_partition_tree(c.oid) i where i.isleaf)
    else pg_table_size(c.oid) end)::text as bytes,
  ${columnsOfIndex('x.indisprimary')} as primary_key, ${columnsOfIndex('x.indisreplident')} as identity_key
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p')`;

const COLUMNS_SQL = `select a.attname as name, a.atttypid::text as type_oid, format_type(a.atttypid, a.atttypmod) as type_text,
  a.attnotnull::text as required, (a.attgenerated <> '')::text as generated, col_description(a.attrelid, a.attnum) as doc
  from pg_attribute a where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped order by a.attnum`;

function columnsOfIndex(which: string): string {
  return `(select coalesce(json_agg(a.attname order by k.n), '[]')::text from pg_index x
    cross join unnest(x.indkey) with ordinality k(attnum, n)
    join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.attnum
    where x.indrelid = c.oid and ${which} and k.n <= x.indnkeyatts)`;
}

/** Throws POSTGRES_TABLE_UNKNOWN, and what asking the server throws. */
export async function readTable(
  client: pg.Client,
  connection: NamedConnection,
  schema: string,
  name: string,
): Promise<SourceTable> {
  const [table] = await askPostgres<Record<string, string>>(client, connection, TABLE_SQL, [schema, name]);
  if (!table) {
    throw new WharfError(
      'POSTGRES_TABLE_UNKNOWN',
      `There is no table "${schema}.${name}" in the database of the connection "${connection.name}" that its user can see.`,
      {
        hint: 'Check "table" of the input; a view cannot be replicated, read it with "from: postgres-query".',
      },
    );
  }
  const rows = await askPostgres<Record<string, string>>(client, connection, COLUMNS_SQL, [table.oid]);
  const columns = rows.map((row) => ({
    name: row.name as string,
    typeOid: Number(row.type_oid),
    typeText: row.type_text as string,
    required: row.required === 'true',
    generated: row.generated === 'true',
    doc: row.doc ?? null,
  }));
  const primaryKey: string[] = JSON.parse(table.primary_key as string);
  return {
    oid: Number(table.oid),
    schema,
    name,
    doc: table.doc ?? null,
    columns,
    primaryKey,
    identity: identityOf(table, columns, primaryKey),
    identityIsWhole: table.identity === 'f',
    bytes: Number(table.bytes),
  };
}

function identityOf(
  table: Record<string, string>,
  columns: readonly SourceColumn[],
  primaryKey: readonly string[],
): readonly string[] {
  if (table.identity === 'f') return columns.map((column) => column.name);
  if (table.identity === 'i') return JSON.parse(table.identity_key as string);
  return table.identity === 'n' ? [] : primaryKey;
}
