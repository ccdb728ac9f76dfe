/** The input `postgres-query`: the core of query inputs over a connection to Postgres, in one transaction for each look. */
import type pg from 'pg';
import type { NamedConnection } from '../../kit/connection.ts';
import type { CaptureContext } from '../../kit/input.ts';
import {
  askPostgres,
  openPostgres,
  postgresError,
  postgresName,
  postgresText,
} from '../../kit/postgres-client.ts';
import { splitCopyRow } from '../../protocols/postgres/copy-text.ts';
import { breakOff, CopyStream } from '../postgres/copy-stream.ts';
import { SourceTypes } from '../postgres/source-types.ts';
import { type ColumnName, columnsOf } from '../postgres/table-shape.ts';
import { defineQueryInput } from '../query/query-input.ts';
import type { NewsRange, QuerySession } from '../query/query-session.ts';
import type { Cells, SourceColumn } from '../rows/row-shape.ts';

const APPLICATION_CHARACTERS = 63;

export const postgresQueryInput = defineQueryInput({
  name: 'postgres-query',
  doc: 'A query to a PostgreSQL database, asked on a schedule.',
  source: [
    {
      name: 'connection',
      type: 'string',
      required: true,
      connectionName: true,
      connectionTypes: ['postgres'],
      doc: 'The connection of type postgres.',
    },
  ],
  open: (context, sql) => PostgresQuery.open(context, sql),
});

class PostgresQuery implements QuerySession<string> {
  readonly columns: readonly SourceColumn<string>[];
  readonly #names: readonly ColumnName[];
  readonly #client: pg.Client;
  readonly #connection: NamedConnection;
  readonly #context: CaptureContext;
  readonly #sql: string;

  private constructor(
    { client, connection, context, sql }: Opened,
    names: readonly ColumnName[],
    columns: readonly SourceColumn<string>[],
  ) {
    this.columns = columns;
    this.#names = names;
    this.#client = client;
    this.#connection = connection;
    this.#context = context;
    this.#sql = sql;
  }

  static async open(context: CaptureContext, sql: string): Promise<PostgresQuery> {
    const { connection, id, signal } = context;
    if (!connection) throw new Error('Invariant broken: the option "connection" is required');
    const application = `wharf ${id}`.slice(0, APPLICATION_CHARACTERS);
    const client = await openPostgres({ ...context, connection }, { application });
    const breakNow = () => breakOff(client);
    signal.addEventListener('abort', breakNow, { once: true });
    try {
      signal.throwIfAborted();
      await askPostgres(client, connection, 'begin isolation level repeatable read read only');
      const names = await namesOf(client, connection, sql);
      const columns = await columnsOf(names, new SourceTypes(client, connection));
      return new PostgresQuery({ client, connection, context, sql }, names, columns);
    } catch (thrown) {
      breakNow();
      throw thrown;
    } finally {
      signal.removeEventListener('abort', breakNow);
    }
  }

  async *rows(range?: NewsRange): AsyncGenerator<readonly Cells<string>[]> {
    const sql = `select q.* from (${this.#sql}\n) q${range ? await this.#clauses(range) : ''}`;
    const decode = (bytes: Buffer) => splitCopyRow(bytes.toString('utf8', 0, bytes.length - 1));
    const stream = new CopyStream(this.#client, this.#connection, `copy (${sql}) to stdout`, { decode });
    const { signal } = this.#context;
    for (let rows = await stream.take(signal); rows; rows = await stream.take(signal)) yield rows;
  }

  async #clauses({ by, from }: NewsRange): Promise<string> {
    const column = `q.${postgresName(by)}`;
    const order = ` order by ${column}`;
    if (from === undefined) return ` where ${column} is not null${order}`;
    const oid = this.#names.find(({ name }) => name === by)?.typeOid;
    const [type] = await askPostgres<{ text: string }>(
      this.#client,
      this.#connection,
      'select format_type($1::oid, null) as text',
      [oid],
    );
    return ` where ${column} >= ${postgresText(from)}::${type?.text}${order}`;
  }

  valueText(value: string): string {
    return value;
  }

  close(): void {
    breakOff(this.#client);
  }
}

interface Opened {
  readonly client: pg.Client;
  readonly connection: NamedConnection;
  readonly context: CaptureContext;
  readonly sql: string;
}

async function namesOf(client: pg.Client, connection: NamedConnection, sql: string): Promise<ColumnName[]> {
  try {
    const { fields } = await client.query(`select * from (${sql}\n) q limit 0`);
    return fields.map(({ name, dataTypeID }) => ({ name, typeOid: dataTypeID }));
  } catch (thrown) {
    throw postgresError(thrown, connection);
  }
}
