import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'mysql2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type CollectOptions,
  collect,
  describePullInput,
  recordsOf,
} from '../../../test/conformance/inputs.ts';
import { VirtualClock } from '../../base/clock.ts';
import type { Cursor } from '../../kit/input.ts';
import type { Field } from '../../schema/field.ts';
import { mysqlInput } from './mysql-input.ts';
import { mysqlToJson } from './mysql-json.ts';
import { mysqlTypeOf } from './mysql-types.ts';

const MINUTE_MS = 60_000;
const ROWS = 2_000;
const PADDING = 'x'.repeat(200);

const LONG = 8;
const TEXT = 253;
const UTF8 = 45;

interface Table {
  readonly columns: readonly { readonly name: string; readonly columnType: number }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

type Answer = (peer: Peer, sql: string) => void;

/** What the driver's own types leave out of the side of a server. */
interface Peer {
  on(event: string, listener: (text: string) => void): void;
  serverHandshake(options: object): void;
  writeColumns(columns: readonly object[]): void;
  writeTextRow(row: readonly (string | null)[]): void;
  writeEof(): void;
  writeOk(): void;
  writeError(error: { readonly message: string; readonly code: number }): void;
  readonly stream: Socket;
  sequenceId: number;
}

/** As much of a server as the input needs: what it is asked, and an answer. */
class FakeServer {
  readonly asked: string[] = [];
  readonly #server = createServer((connection) => this.#greet(connection as unknown as Peer));
  answer: Answer;
  /** MySQL's number of the error that signing in is refused with. */
  refused: number | undefined;
  port = 0;

  constructor(answer: Answer) {
    this.answer = answer;
  }

  async start(): Promise<this> {
    const { _server: listening } = this.#server as unknown as { _server: Server };
    this.#server.listen(0);
    await once(listening, 'listening');
    this.port = (listening.address() as AddressInfo).port;
    return this;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #greet(peer: Peer): void {
    // A client that goes away in the middle of an answer is what some tests are about.
    peer.on('error', () => undefined);
    peer.serverHandshake({
      protocolVersion: 10,
      serverVersion: '8.0.0',
      connectionId: 1,
      statusFlags: 2,
      characterSet: UTF8,
      // All but compression and TLS.
      capabilityFlags: 0xff_ff_ff & ~0x20 & ~0x800,
      authCallback: (_: unknown, done: (e: null, refused?: object) => void) => {
        done(null, this.refused === undefined ? undefined : { message: 'refused', code: this.refused });
        peer.sequenceId = 0;
      },
    });
    const onStatement = (sql: string) => {
      this.asked.push(sql);
      // An answer's packets are counted from the question on.
      peer.sequenceId = 1;
      if (sql.startsWith('select ')) this.answer(peer, sql);
      else peer.writeOk();
      peer.sequenceId = 0;
    };
    peer.on('query', onStatement);
    // The driver calls each "set" this.
    peer.on('stmt_prepare', onStatement);
  }
}

function columnsOf({ columns }: Table): object[] {
  return columns.map(({ name, columnType }) => ({
    catalog: 'def',
    schema: 'shop',
    table: 'q',
    orgTable: 'q',
    name,
    orgName: name,
    characterSet: columnType === TEXT ? UTF8 : 63,
    columnLength: 20,
    columnType,
    flags: 0,
    decimals: 0,
  }));
}

/** Answers from the table, whose first column is the one that grows. */
function serving(table: () => Table): Answer {
  return (peer, sql) => {
    peer.writeColumns(columnsOf(table()));
    const from = / >= (\d+) /.exec(sql)?.[1];
    if (!sql.endsWith('limit 0'))
      for (const row of table().rows)
        if (from === undefined || Number(row[0]) >= Number(from)) peer.writeTextRow(row);
    peer.writeEof();
  };
}

function connectionTo(server: FakeServer, options: Readonly<Record<string, unknown>> = {}) {
  const where = { host: '127.0.0.1', port: server.port, database: 'shop', user: 'wharf' };
  return { name: 'shop', type: 'mysql', options: { ...where, tls: 'off', ...options } };
}

describePullInput('the news of a MySQL query', mysqlInput, async () => {
  const rows = Array.from({ length: ROWS }, (_, n) => [String(n), `${n}${PADDING}`]);
  const columns = [
    { name: 'n', columnType: LONG },
    { name: 't', columnType: TEXT },
  ];
  const server = await new FakeServer(serving(() => ({ columns, rows }))).start();
  return {
    context: {
      // So seldom that no instant comes while the test runs.
      options: { connection: 'shop', sql: 'select * from t', every: '10000d', mode: 'news', by: 'n' },
      connection: connectionTo(server),
      baseFolder: '/',
      fields: [
        { name: 'n', type: 'integer' },
        { name: 't', type: 'string' },
      ],
      key: ['n'],
    },
    records: rows.map(([n, t]) => `{"n":${n},"t":"${t}"}`),
    remove: () => server.close(),
  };
});

describe('a query to MySQL', () => {
  let server: FakeServer;
  let rows: (string | null)[][];
  let cursor: Cursor;
  const columns = [
    { name: 'id', columnType: LONG },
    { name: 'name', columnType: TEXT },
  ];
  beforeEach(async () => {
    rows = [];
    cursor = undefined;
    server = await new FakeServer(serving(() => ({ columns, rows }))).start();
  });
  afterEach(() => server.close());

  async function read(
    options: Readonly<Record<string, unknown>> = {},
    { tls = 'off', ...more }: CollectOptions & { readonly tls?: string } = {},
  ) {
    const context = {
      options: { connection: 'shop', sql: 'select id, name from t;', every: '1m', ...options },
      connection: connectionTo(server, { tls }),
      baseFolder: '/',
      fields: [
        { name: 'id', type: 'integer' },
        { name: 'name', type: 'string' },
      ] as const,
      key: ['id'],
    };
    const { batches } = await collect(mysqlInput, context, { cursor, ...more });
    cursor = batches.at(-1)?.cursor ?? cursor;
    return { batches, records: recordsOf(batches) };
  }

  test('gives all rows as one whole, of one moment, with times in UTC', async () => {
    rows = [
      ['9223372036854775807', 'ß"\\\n🦆'],
      ['2', null],
    ];
    const { batches, records } = await read();
    expect(records).toEqual(['{"id":9223372036854775807,"name":"ß\\"\\\\\\n🦆"}', '{"id":2,"name":null}']);
    expect(batches.map((batch) => batch.whole)).toEqual([{ first: true, last: true, deletes: true }]);
    expect(server.asked).toEqual([
      `set time_zone = '+00:00'`,
      'set transaction isolation level repeatable read',
      'start transaction with consistent snapshot, read only',
      'select * from (select id, name from t\n) q limit 0',
      'select q.`id` as `id`, q.`name` as `name` from (select id, name from t\n) q',
    ]);
  });

  test('asks for what is new by a growing column, of texts by their bytes', async () => {
    const clock = new VirtualClock(MINUTE_MS);
    rows = [['1', 'a']];
    const options = { mode: 'news', by: 'id' };
    expect((await read(options, { clock })).records).toEqual(['{"id":1,"name":"a"}']);
    clock.advance(MINUTE_MS);
    rows.push(['1', 'b'], ['2', 'c']);
    expect((await read(options, { clock })).records).toEqual(['{"id":1,"name":"b"}', '{"id":2,"name":"c"}']);
    expect(server.asked.at(-1)).toMatch(/ where q\.`id` >= 1 order by q\.`id`$/);
    cursor = { last: { value: Buffer.from(`a'\\`).toString('hex'), seen: [] } };
    await read({ mode: 'news', by: 'name' }, { clock });
    const text = 'cast(q.`name` as binary)';
    expect(server.asked.at(-1)).toContain(` where ${text} >= x'61275c' order by ${text}`);
  });

  test('takes an answer that was cut off for no answer', async () => {
    server.answer = (peer, sql) => {
      peer.writeColumns(columnsOf({ columns, rows }));
      if (sql.endsWith('limit 0')) return peer.writeEof();
      peer.writeTextRow(['1', 'a']);
      // What was written goes out first.
      peer.stream.end();
    };
    await expect(read()).rejects.toMatchObject({ code: 'MYSQL_UNREACHABLE', retryable: true });
    expect(cursor).toBeUndefined();
    server.answer = (peer, sql) => {
      peer.writeColumns(columnsOf({ columns, rows }));
      if (sql.endsWith('limit 0')) return peer.writeEof();
      peer.writeTextRow(['1', 'a']);
      peer.writeError({ message: 'the disk is broken', code: 1030 });
    };
    await expect(read()).rejects.toMatchObject({ code: 'MYSQL_FAILED' });
    expect(cursor).toBeUndefined();
    // The connection is gone before the rows are asked for.
    server.answer = (peer, sql) => {
      if (!sql.endsWith('limit 0')) return;
      peer.writeColumns(columnsOf({ columns, rows }));
      peer.writeEof();
      peer.stream.end();
    };
    await expect(read()).rejects.toMatchObject({ retryable: true });
    expect(cursor).toBeUndefined();
  });

  test('gives no file of this machine to a server that asks for one', async () => {
    const given: Buffer[] = [];
    server.answer = ({ stream }) => {
      const wish = Buffer.from('\xfb/etc/hostname', 'latin1');
      stream.on('data', (bytes: Buffer) => given.push(bytes));
      // The length of the packet in three bytes, and its number in the conversation.
      stream.write(Buffer.concat([Buffer.from([wish.length, 0, 0, 1]), wish]));
      stream.once('data', () => stream.destroy());
    };
    await expect(read()).rejects.toMatchObject({ code: expect.stringMatching(/^MYSQL_/) });
    // An empty packet: there is no such file.
    expect(Buffer.concat(given)).toEqual(Buffer.from([0, 0, 0, 2]));
  });

  test('says what is wrong with a server, a user or a query', async () => {
    await expect(read({}, { tls: 'verify' })).rejects.toThrow(/by the address "127\.0\.0\.1"/);
    await expect(read({}, { tls: 'unverified' })).rejects.toMatchObject({ code: 'MYSQL_REFUSED' });
    server.refused = 1045;
    await expect(read()).rejects.toMatchObject({ code: 'MYSQL_REFUSED' });
    server.refused = undefined;
    server.answer = (peer) => peer.writeError({ message: 'denied', code: 1142 });
    await expect(read()).rejects.toMatchObject({ code: 'MYSQL_DENIED' });
    server.answer = (peer) => peer.writeError({ message: `Unknown column 'x'`, code: 1054 });
    await expect(read()).rejects.toThrow(/Unknown column 'x'/);
    server.answer = (peer) => peer.writeError({ message: 'shutdown', code: 1053 });
    await expect(read()).rejects.toMatchObject({ retryable: true });
    await server.close();
    await expect(read()).rejects.toMatchObject({ code: 'MYSQL_UNREACHABLE' });
    server = await new FakeServer(serving(() => ({ columns, rows }))).start();
  });
});

describe('a value of MySQL', () => {
  const json = (column: object, field: object, bytes: string | Buffer) =>
    mysqlToJson(
      mysqlTypeOf({ name: 'c', columnLength: 20, flags: 0, characterSet: 63, columnType: TEXT, ...column }),
      { name: 'c', ...field } as Field,
    )?.(Buffer.from(bytes as string));

  test.each([
    [
      'BIGINT UNSIGNED',
      { columnType: 8 },
      { type: 'integer' },
      '18446744073709551615',
      '18446744073709551615',
    ],
    ['ZEROFILL', { columnType: 3 }, { type: 'integer' }, '00042', '42'],
    ['DECIMAL', { columnType: 246 }, { type: 'decimal' }, '-0.0000000001', '-0.0000000001'],
    ['FLOAT', { columnType: 4 }, { type: 'number' }, '0.10000000149011612', '0.1'],
    ['FLOAT of nine digits', { columnType: 4 }, { type: 'number' }, '16777215', '16777215'],
    ['DOUBLE', { columnType: 5 }, { type: 'number' }, '2.2250738585072014e-308', '2.2250738585072014e-308'],
    ['TINYINT(1)', { columnType: 1, columnLength: 1 }, { type: 'boolean' }, '1', 'true'],
    ['TINYINT(1) beyond', { columnType: 1, columnLength: 1 }, { type: 'boolean' }, '2', '2'],
    ['BIT(1)', { columnType: 16, columnLength: 1 }, { type: 'boolean' }, '\0', 'false'],
    ['BIT(10)', { columnType: 16 }, { type: 'integer' }, '\x02\x01', '513'],
    ['YEAR', { columnType: 13 }, { type: 'integer' }, '2001', '2001'],
    [
      'DATETIME(6)',
      { columnType: 12 },
      { type: 'timestamp', zone: 'local' },
      '2001-01-31 12:34:56.789012',
      '"2001-01-31T12:34:56.789012"',
    ],
    ['TIMESTAMP', { columnType: 7 }, { type: 'timestamp' }, '2001-01-31 12:34:56', '"2001-01-31T12:34:56Z"'],
    ['a zero date', { columnType: 10 }, { type: 'date' }, '0000-00-00', '"0000-00-00"'],
    [
      'JSON',
      { columnType: 245 },
      { type: 'json' },
      '{"a": 12345678901234567890}',
      '{"a": 12345678901234567890}',
    ],
    ['JSON of MariaDB', { columnType: 252, characterSet: UTF8 }, { type: 'object' }, '{"a":\n1}', '{"a": 1}'],
    ['BLOB', { columnType: 252 }, { type: 'bytes' }, '\0\x01', '"AAE="'],
    ['BINARY as text', { columnType: 254 }, { type: 'string' }, '\0\x0f', '"000f"'],
    ['ENUM', { columnType: 254, flags: 256, characterSet: UTF8 }, { type: 'string' }, 'ä,b', '"ä,b"'],
    ['SET', { columnType: 254, flags: 2048, characterSet: UTF8 }, { type: 'array' }, 'x,y z', '["x","y z"]'],
    ['an empty SET', { columnType: 254, flags: 2048, characterSet: UTF8 }, { type: 'array' }, '', '[]'],
  ] as const)('of the type %s comes as it is', (_, column, field, bytes, expected) => {
    expect(json(column, field, bytes)).toBe(expected);
  });

  test.each([
    ['DATETIME in an instant', { columnType: 12 }, { type: 'timestamp' }],
    ['TIMESTAMP in a local time', { columnType: 7 }, { type: 'timestamp', zone: 'local' }],
    ['DOUBLE in a decimal', { columnType: 5 }, { type: 'decimal' }],
    ['TINYINT(4) in a boolean', { columnType: 1, columnLength: 4 }, { type: 'boolean' }],
    ['text in an integer', { columnType: 253, characterSet: UTF8 }, { type: 'integer' }],
  ] as const)('is refused: %s', (_, column, field) => {
    expect(json(column, field, '1')).toBeUndefined();
  });
});
