/** The tables of a database, as `wharf add postgres://...` declares them. */
import type pg from 'pg';
import { WharfError } from '../../base/errors.ts';
import type { NamedConnection } from '../../kit/connection.ts';
import type { DiscoveredTable, Discovery } from '../../kit/input.ts';
import { askPostgres, openPostgres } from '../../kit/postgres-client.ts';
import type { Field } from '../../schema/field.ts';
import { breakOff } from './copy-stream.ts';
import { readTable, type SourceTable } from './read-table.ts';
import { SourceTypes } from './source-types.ts';
import { fieldOfType } from './value-json.ts';
import './errors.ts';

/** More tables are declared by hand, or a schema at a time with `?schema=`. */
const TABLES_MAX = 500;
const LOOPBACK = /^(localhost|127\.|\[?::1)/;
const NUMERIC = /^numeric\((\d+),(\d+)\)$/;
const PRECISION_MAX = 38;

const TABLES_SQL = `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition and has_table_privilege(c.oid, 'select')
  and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema' and ($1::text is null or n.nspname = $1)
  order by 1, 2 limit ${TABLES_MAX + 1}`;

const REFERENCES_SQL = `select a.attname as "column", fn.nspname || '.' || f.relname as "table", b.attname as target
  from pg_constraint k join pg_class f on f.oid = k.confrelid join pg_namespace fn on fn.oid = f.relnamespace
  join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
  join pg_attribute b on b.attrelid = k.confrelid and b.attnum = k.confkey[1]
  where k.contype = 'f' and k.conrelid = $1::oid and cardinality(k.conkey) = 1 order by 1`;

/** Throws POSTGRES_OPTIONS_INVALID, POSTGRES_TABLE_UNKNOWN and what signing in throws. */
export async function discoverTables(address: string): Promise<Discovery> {
  const url = new URL(address);
  const { connection, password } = connectionOf(url);
  const reveal = (text: string) => (text === PASSWORD ? password : text);
  const client = await openPostgres({ connection, reveal, baseFolder: process.cwd() });
  try {
    const names = await askPostgres<Record<string, string>>(client, connection, TABLES_SQL, [
      url.searchParams.get('schema'),
    ]);
    if (names.length === 0 || names.length > TABLES_MAX) throw unfit(connection, names.length);
    const types = new SourceTypes(client, connection);
    const tables: DiscoveredTable[] = [];
    for (const { schema = '', name = '' } of names)
      tables.push(
        await discovered(client, connection, types, await readTable(client, connection, schema, name)),
      );
    const variable = `${connection.name.toUpperCase().replaceAll('-', '_')}_PASSWORD`;
    const { password: _, ...options } = connection.options;
    const written = password === '' ? options : { ...options, password: `\${${variable}}` };
    return {
      connection: { ...connection, options: written as Discovery['connection']['options'] },
      secret: { variable, isGiven: password !== '' },
      tables,
    };
  } finally {
    breakOff(client);
  }
}

/** Stands for the password until it is revealed. */
const PASSWORD = 'the password of the address';

function connectionOf(url: URL): { connection: NamedConnection; password: string } {
  const database = decodeURIComponent(url.pathname.slice(1)) || 'postgres';
  const mode = url.searchParams.get('sslmode');
  const isOpen = mode === 'disable' || (mode === null && LOOPBACK.test(url.hostname));
  const options = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    ...(url.port ? { port: Number(url.port) } : {}),
    database,
    user: decodeURIComponent(url.username) || 'postgres',
    ...(isOpen ? { tls: 'off' } : {}),
    password: PASSWORD,
  };
  const name =
    database
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'postgres';
  const password = decodeURIComponent(url.password) || process.env.PGPASSWORD || '';
  return { connection: { name, type: 'postgres', options }, password };
}

function unfit(connection: NamedConnection, count: number): WharfError {
  const found = count === 0 ? 'no table that this user can read' : `more than ${TABLES_MAX} tables`;
  return new WharfError('POSTGRES_OPTIONS_INVALID', `The database of "${connection.name}" has ${found}.`, {
    hint: 'Name one schema: add ?schema=<name> to the address.',
  });
}

async function discovered(
  client: pg.Client,
  connection: NamedConnection,
  types: SourceTypes,
  table: SourceTable,
): Promise<DiscoveredTable> {
  const name = `${table.schema}.${table.name}`;
  const fields: Field[] = [];
  for (const column of table.columns.filter((one) => !one.generated)) {
    const [, precision, scale] = NUMERIC.exec(column.typeText) ?? [];
    const isDecimal = precision !== undefined && Number(precision) <= PRECISION_MAX;
    const field: Field = isDecimal
      ? { name: column.name, type: 'decimal', precision: Number(precision), scale: Number(scale) }
      : fieldOfType(await types.of(column.typeOid), column.name);
    const isKey = table.primaryKey.includes(column.name);
    fields.push({
      ...field,
      ...(column.required && !isKey ? { required: true } : {}),
      ...(column.doc ? { doc: column.doc } : {}),
    });
  }
  const references = await askPostgres<Record<string, string>>(client, connection, REFERENCES_SQL, [
    table.oid,
  ]);
  return {
    name,
    doc: table.doc,
    options: { table: table.schema === 'public' ? table.name : name },
    key: table.primaryKey,
    fields,
    references: references as unknown as DiscoveredTable['references'],
  };
}
