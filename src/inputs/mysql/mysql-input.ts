/** The input `mysql`: the core of query inputs over a connection to MySQL or MariaDB, in one transaction for each look. */
import type { Readable } from 'node:stream';
import type { Connection } from 'mysql2';
import type { NamedConnection } from '../../kit/connection.ts';
import type { CaptureContext } from '../../kit/input.ts';
import { defineQueryInput } from '../query/query-input.ts';
import type { NewsRange, QuerySession } from '../query/query-session.ts';
import type { Cells, SourceColumn } from '../rows/row-shape.ts';
import { askMysql, breakOff, mysqlError, openMysql } from './mysql-client.ts';
import { mysqlToJson } from './mysql-json.ts';
import { type MysqlKind, type MysqlType, mysqlTypeOf } from './mysql-types.ts';

/** Rows that wait before the server is made to wait. */
const ROWS_AHEAD_MAX = 128;
const BEGIN = [
  'set transaction isolation level repeatable read',
  'start transaction with consistent snapshot, read only',
];

export const mysqlInput = defineQueryInput({
  name: 'mysql',
  doc: 'A query to a MySQL or MariaDB database, asked on a schedule.',
  source: [
    {
      name: 'connection',
      type: 'string',
      required: true,
      connectionName: true,
      connectionTypes: ['mysql'],
      doc: 'The connection of type mysql.',
    },
  ],
  open: (context, sql) => MysqlQuery.open(context, sql),
});

interface Column {
  readonly name: string;
  readonly type: MysqlType;
}

class MysqlQuery implements QuerySession<Buffer> {
  readonly columns: readonly SourceColumn<Buffer>[];
  readonly #client: Connection;
  readonly #connection: NamedConnection;
  readonly #described: readonly Column[];
  readonly #sql: string;
  #stream: Readable | undefined;
  #broken: Error | undefined;

  private constructor(
    client: Connection,
    connection: NamedConnection,
    described: readonly Column[],
    sql: string,
  ) {
    this.#client = client;
    this.#connection = connection;
    this.#described = described;
    this.#sql = sql;
    // A stream is not told by the driver that its connection broke, or was broken before: without this the answer would never end.
    client.on('error', (broken) => {
      this.#broken = broken;
      this.#stream?.destroy(broken);
    });
    this.columns = described.map(({ name, type }) => ({
      name,
      type: type.kind,
      toJsonFor: (field) => mysqlToJson(type, field),
    }));
  }

  static async open(context: CaptureContext, sql: string): Promise<MysqlQuery> {
    const { connection, signal } = context;
    if (!connection) throw new Error('Invariant broken: the option "connection" is required');
    const client = await openMysql({ ...context, connection }, signal);
    try {
      for (const statement of BEGIN) await askMysql(client, statement, signal);
      const columns = await askMysql(client, `select * from (${sql}\n) q limit 0`, signal);
      const described = columns.map((column) => ({ name: column.name, type: mysqlTypeOf(column) }));
      return new MysqlQuery(client, connection, described, sql);
    } catch (thrown) {
      breakOff(client);
      signal.throwIfAborted();
      throw mysqlError(thrown, connection);
    }
  }

  async *rows(range?: NewsRange): AsyncGenerator<readonly Cells<Buffer>[]> {
    const list = this.#described.map((column) => `${exactOf(column)} as ${nameOf(column.name)}`).join(', ');
    const sql = `select ${list} from (${this.#sql}\n) q${range ? this.#clauses(range) : ''}`;
    const stream = this.#client.query({ sql }).stream({ highWaterMark: ROWS_AHEAD_MAX });
    this.#stream = stream;
    if (this.#broken) stream.destroy(this.#broken);
    let rows: Cells<Buffer>[] = [];
    try {
      for await (const row of stream) {
        rows.push(row as Cells<Buffer>);
        if (rows.length < ROWS_AHEAD_MAX) continue;
        yield rows;
        rows = [];
      }
    } catch (thrown) {
      throw mysqlError(thrown, this.#connection);
    }
    if (rows.length > 0) yield rows;
  }

  #clauses({ by, from }: NewsRange): string {
    const column = this.#described.find(({ name }) => name === by);
    if (!column) throw new Error('Invariant broken: the answer has the column');
    const value = growingOf(column);
    const where = from === undefined ? `${value} is not null` : `${value} >= ${literalOf(column, from)}`;
    return ` where ${where} order by ${value}`;
  }

  valueText(value: Buffer, by: string): string {
    const column = this.#described.find(({ name }) => name === by);
    return column && isOfBytes(column.type.kind) ? value.toString('hex') : value.toString();
  }

  close(): void {
    breakOff(this.#client);
    // Whoever waits for rows is not told by a connection that is broken off.
    this.#stream?.destroy(new Error('The connection was closed'));
  }
}

function nameOf(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** A FLOAT is printed with six digits, which are not all that it has. */
function exactOf({ name, type }: Column): string {
  return type.kind === 'float' ? `q.${nameOf(name)} + 0e0` : `q.${nameOf(name)}`;
}

/** Texts are compared by their bytes: most collations hold different ones for equal. */
function growingOf(column: Column): string {
  return isOfBytes(column.type.kind) ? `cast(q.${nameOf(column.name)} as binary)` : exactOf(column);
}

const NUMERIC: readonly MysqlKind[] = ['integer', 'decimal', 'float', 'double'];
const TEMPORAL: readonly MysqlKind[] = ['date', 'time', 'datetime', 'timestamp'];

function isOfBytes(kind: MysqlKind): boolean {
  return !NUMERIC.includes(kind) && !TEMPORAL.includes(kind);
}

const NUMBER = /^-?[0-9.]+(e[-+]?[0-9]+)?$/i;
const TIME = /^[-0-9:. ]+$/;

/** The value of a cursor for SQL. */
function literalOf({ type }: Column, text: string): string {
  if (isOfBytes(type.kind)) return `x'${Buffer.from(text, 'hex').toString('hex')}'`;
  const isNumber = NUMERIC.includes(type.kind);
  if (!(isNumber ? NUMBER : TIME).test(text))
    throw new Error('Invariant broken: a cursor holds what the server printed');
  return isNumber ? text : `'${text}'`;
}
