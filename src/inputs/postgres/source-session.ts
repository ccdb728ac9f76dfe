/** One run of an input: its options, its connections, and what it knows of the table. */
import type pg from 'pg';
import { WharfError } from '../../base/errors.ts';
import type { NamedConnection } from '../../kit/connection.ts';
import type { CaptureContext } from '../../kit/input.ts';
import { askPostgres, openPostgres, postgresName } from '../../kit/postgres-client.ts';
import type { RowContract } from '../rows/row-shape.ts';
import { breakOff } from './copy-stream.ts';
import { type PostgresOptions, readPostgresOptions } from './postgres-options.ts';
import { readTable, type SourceTable } from './read-table.ts';
import { SourceTypes } from './source-types.ts';
import './errors.ts';

export class SourceSession {
  readonly context: CaptureContext;
  readonly options: PostgresOptions;
  readonly connection: NamedConnection;
  readonly client: pg.Client;
  readonly types: SourceTypes;
  readonly table: SourceTable;
  readonly #clients: pg.Client[];

  private constructor(
    context: CaptureContext,
    connection: NamedConnection,
    client: pg.Client,
    table: SourceTable,
  ) {
    this.context = context;
    this.options = readPostgresOptions(context.options);
    this.connection = connection;
    this.client = client;
    this.types = new SourceTypes(client, connection);
    this.table = table;
    this.#clients = [client];
  }

  /** Throws what signing in and reading the table throw, and POSTGRES_IDENTITY, SOURCE_COLUMN. */
  static async open(context: CaptureContext): Promise<SourceSession> {
    const { schema, table: name } = readPostgresOptions(context.options);
    const connection = connectionOf(context);
    const client = await openPostgres({ ...context, connection }, { application: applicationOf(context) });
    try {
      const table = await readTable(client, connection, schema, name);
      checkKey(table, context);
      checkGenerated(table, context);
      return new SourceSession(context, connection, client, table);
    } catch (thrown) {
      breakOff(client);
      throw thrown;
    }
  }

  get contract(): RowContract {
    const { fields, keepsExtra, key } = this.context;
    return { table: this.tableText, fields, keepsExtra, key };
  }

  get tableText(): string {
    return `${this.table.schema}.${this.table.name}`;
  }

  get tableSql(): string {
    return postgresName(this.table.schema, this.table.name);
  }

  /** The columns by which the table is copied in ranges; none when no unique key is told with each change. */
  get rangeKey(): readonly string[] {
    return this.table.identityIsWhole ? this.table.primaryKey : this.table.identity;
  }

  ask(sql: string, values?: readonly unknown[]): Promise<Record<string, string>[]> {
    return askPostgres<Record<string, string>>(this.client, this.connection, sql, values);
  }

  /** A further connection, ended with the session. */
  async connect(replication = false): Promise<pg.Client> {
    const application = applicationOf(this.context);
    const target = { ...this.context, connection: this.connection };
    const client = await openPostgres(target, { replication, application });
    this.#clients.push(client);
    return client;
  }

  close(): void {
    for (const client of this.#clients) breakOff(client);
  }
}

function applicationOf(context: CaptureContext): string {
  return `wharf ${context.id}`.slice(0, 63);
}

/** Why no transform stands between a table and its product. */
export const UNMAPPED = {
  why: 'a change of a table may be a delete, and a transform of records has no way to map one',
  hint: 'Capture the table as it is in a product of its own, and derive this one from it.',
};

function connectionOf(context: CaptureContext): NamedConnection {
  if (context.mapped) throw new Error('Invariant broken: a mesh that is served has passed the check');
  if (!context.connection) throw new Error('Invariant broken: the option "connection" is required');
  return context.connection;
}

function checkKey(table: SourceTable, { key }: CaptureContext): void {
  const name = `${table.schema}.${table.name}`;
  if (key.length === 0) {
    throw new WharfError(
      'POSTGRES_IDENTITY',
      `The product has no key, so changes of "${name}" cannot name rows.`,
      {
        hint: table.primaryKey.length > 0 ? `Write: key: [${table.primaryKey.join(', ')}]` : 'Declare a key.',
      },
    );
  }
  const missing = key.filter((column) => !table.identity.includes(column));
  if (missing.length === 0) return;
  const told = table.identity.length > 0 ? table.identity.join(', ') : 'nothing';
  throw new WharfError(
    'POSTGRES_IDENTITY',
    `Of rows that are deleted, "${name}" tells ${told}, and the product's key also needs ${missing.join(', ')}.`,
    {
      hint: `Make the primary key the product's key, or run: alter table ${postgresName(table.schema, table.name)} replica identity full`,
    },
  );
}

/** The log has no generated columns. */
function checkGenerated(table: SourceTable, { fields }: CaptureContext): void {
  const generated = table.columns.find(
    (column) => column.generated && fields.some((field) => field.name === column.name),
  );
  if (!generated) return;
  throw new WharfError(
    'SOURCE_COLUMN',
    `The column "${generated.name}" of "${table.schema}.${table.name}" is generated, and the log does not hold it.`,
    {
      hint: 'Remove the field and compute it in a derived product, or read the table with "from: postgres-query".',
    },
  );
}
