/** The same script through every client that is here: each must give the same answers. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHOP_ORDERS, type Shop, serveShop } from '../support/shop-mesh.ts';

const run = promisify(execFile);
const PSQL = '/usr/bin/psql';
const PYTHON = process.env.WHARF_TEST_PYTHON ?? 'python3';
const hasModules = (names: string) => spawnSync(PYTHON, ['-c', `import ${names}`]).status === 0;
/** The driver of Java, where somebody says where its jar is: it comes from a registry of its own. */
const PGJDBC = process.env.WHARF_TEST_PGJDBC;
const scriptFile = (name: string) => fileURLToPath(new URL(`../support/${name}`, import.meta.url));
let shop: Shop;
let url: string;

beforeAll(async () => {
  shop = await serveShop();
  url = (shop.serving.sqlUrl ?? '').replace('postgres://', 'postgres://me@');
});

afterAll(async () => shop?.close());

/** Each with the texts of its rows, as Postgres would give them. */
const SCRIPT: readonly (readonly [string, string[][]])[] = [
  ['select 1 + 1, 7 / 2, true', [['2', '3', 't']]],
  [
    'select * from shop.orders where id = 7',
    [
      [
        ...['7', '49', '7.07', '1.75', 'f', '2024-01-08', '12:34:07.5', '2024-01-08 22:27:00.000001+00'],
        ...['2024-01-08 03:04:05', '{a,"b \\"2\\"","NULL",""}', '{7,9007199254740993}'],
        ...['{"x":9007199254740993,"y":[1.50]}', '\\x0001ff', '00000000-0000-4000-8000-000000000007'],
      ],
    ],
  ],
  ['select id, amount, tags from shop.orders where id = 3', [['3', '', '']]],
  ['select count(*), sum(amount) from shop.orders', [[String(SHOP_ORDERS), sumOfAmounts()]]],
  [
    "select name from shop.customers where name ~ '4$' and name ilike 'CUST%' order by id limit 2",
    [['Customer 4'], ['Customer 14']],
  ],
  ['select city from shop.customers order by city desc limit 1', [['']]],
  [
    "select to_char(since, 'YYYY-MM'), count(*) from customers group by 1 order by 1 limit 2",
    [
      ['2024-01', '3'],
      ['2024-02', '3'],
    ],
  ],
  [
    "select n, date_trunc('month', date '2024-05-06')::date from generate_series(1, 2) n",
    [
      ['1', '2024-05-01'],
      ['2', '2024-05-01'],
    ],
  ],
  [
    'select 9223372036854775807, 12345678901234567890.123456789, 0.1::float8',
    [['9223372036854775807', '12345678901234567890.123456789', '0.1']],
  ],
  ["select null::text, '', 'a''b', E'tab\\there'", [['', '', "a'b", 'tab\there']]],
  [
    "select array[1, null, 3], interval '1 day 02:00:00', uuid '00000000-0000-4000-8000-000000000001'",
    [['{1,NULL,3}', '1 day 02:00:00', '00000000-0000-4000-8000-000000000001']],
  ],
];

/** `id.(id % 100)` of all orders that have an amount. */
function sumOfAmounts(): string {
  const ids = Array.from({ length: SHOP_ORDERS }, (_, i) => i).filter((id) => id % 7 !== 3);
  const cents = ids.reduce((sum, id) => sum + id * 100 + (id % 100), 0);
  return (cents / 100).toFixed(2);
}

async function throughPsql(sql: string): Promise<string[][]> {
  const { stdout } = await run(PSQL, [url, '-X', '-A', '-t', '-F', '\u0001', '-R', '\u0002', '-c', sql]);
  return stdout
    .replace(/\n$/, '')
    .split('\u0002')
    .map((line) => line.split('\u0001'));
}

async function throughPg(sql: string, client: pg.Client): Promise<string[][]> {
  const types = { getTypeParser: () => (text: string) => text };
  const { rows } = await client.query({ text: sql, rowMode: 'array', types: types as never });
  return (rows as (string | null)[][]).map((row) => row.map((cell) => cell ?? ''));
}

async function throughPostgres(text: string, sql: postgres.Sql): Promise<string[][]> {
  const rows = await sql.unsafe(text, [], { prepare: true }).raw();
  return rows.map((row) => (row as unknown as (Buffer | null)[]).map((cell) => cell?.toString('utf8') ?? ''));
}

describe('the same script', () => {
  it('gives the same answers through node-postgres, postgres and psql', async () => {
    const client = new pg.Client(url);
    await client.connect();
    const sql = postgres(url, { max: 1 });
    const wrong: unknown[] = [];
    for (const [text, wanted] of SCRIPT) {
      const first = await throughPg(text, client);
      expect(first, text).toEqual(wanted);
      const others = [
        await throughPostgres(text, sql),
        ...(existsSync(PSQL) ? [await throughPsql(text)] : []),
      ];
      for (const other of others)
        if (JSON.stringify(other) !== JSON.stringify(first)) wrong.push([text, first, other]);
    }
    await client.end();
    await sql.end();
    expect(wrong).toEqual([]);
  });
});

describe('clients of Python', () => {
  it.skipIf(!hasModules('psycopg'))('psycopg, where it is installed: the same answers', async () => {
    const asked = run(PYTHON, [scriptFile('psycopg-script.py'), url]);
    asked.child.stdin?.end(JSON.stringify(SCRIPT.map(([sql]) => sql)));
    expect(JSON.parse((await asked).stdout)).toEqual(SCRIPT.map(([, wanted]) => wanted));
  });

  it.skipIf(!hasModules('psycopg, sqlalchemy'))(
    'SQLAlchemy, where it is installed: reflects tables, keys and comments, and joins by them',
    async () => {
      const { stdout } = await run(PYTHON, [scriptFile('sqlalchemy-script.py'), url, 'shop']);
      const { tables, rows } = JSON.parse(stdout);
      expect(Object.keys(tables).sort()).toEqual(['shop.customers', 'shop.numbers', 'shop.orders']);
      const { columns, key, references, comment } = tables['shop.orders'];
      expect([key, references, comment]).toEqual([['id'], ['shop.customers.id'], 'What was ordered.']);
      expect(columns.slice(0, 4)).toEqual([
        ['id', 'BIGINT', false, 'Number of the order'],
        ['customer', 'BIGINT', false, null],
        ['amount', 'NUMERIC(12, 2)', true, 'In euro'],
        ['weight', 'DOUBLE PRECISION', true, null],
      ]);
      expect(rows).toEqual([
        ['Customer 14', 1],
        ['Customer 7', 2],
      ]);
    },
  );
});

describe('a client of Java', () => {
  it.skipIf(PGJDBC === undefined)(
    'pgjdbc, where WHARF_TEST_PGJDBC names its jar: the same answers',
    async () => {
      const { hostname, port, pathname, username } = new URL(url);
      const address = `jdbc:postgresql://${hostname}:${port}${pathname}`;
      const asked = run('java', ['-cp', PGJDBC ?? '', scriptFile('PgjdbcScript.java'), address, username]);
      asked.child.stdin?.end(SCRIPT.map(([sql]) => `${sql}\n`).join(''));
      expect(JSON.parse((await asked).stdout)).toEqual(SCRIPT.map(([, wanted]) => wanted));
    },
  );
});

describe('a driver', () => {
  let client: pg.Client;

  beforeAll(async () => {
    client = new pg.Client(url);
    await client.connect();
  });

  afterAll(async () => client.end());

  it('gives parameters of every type', async () => {
    const text = `select id, amount, weight, express, ordered_on, at_time, changed_at, counts, tags, more, picture, reference::uuid as u
      from shop.orders where id = $1 and amount = $2 and express = $3 and ordered_on = $4 and tags = $5 and changed_at = $6`;
    const values = [9, '9.09', true, '2024-01-10', ['a', 'b "4"', 'NULL', ''], '2024-01-10T22:27:00.000001Z'];
    const raw = {
      getTypeParser: () => (value: Buffer | string) =>
        typeof value === 'string' ? value : value.toString('hex'),
    };
    const asText = await client.query({ text, values, rowMode: 'array', types: raw as never });
    expect(asText.rows).toEqual([
      [
        ...['9', '9.09', '2.25', 't', '2024-01-10', '12:34:09.5', '2024-01-10 22:27:00.000001+00'],
        ...[
          '{9,9007199254740993}',
          '{a,"b \\"4\\"","NULL",""}',
          '{"x":9007199254740993,"y":[1.50]}',
          '\\x0001ff',
        ],
        '00000000-0000-4000-8000-000000000009',
      ],
    ]);
  });

  it('runs several statements of one text, up to the first that fails', async () => {
    const results = (await client.query(
      'select 1 as a; select 2 as b, 3 as c; -- end',
    )) as unknown as pg.QueryResult[];
    expect(results.map(({ rows }) => rows)).toEqual([[{ a: 1 }], [{ b: 2, c: 3 }]]);
    const failing = client.query('select 1; select nothing; select 3');
    await expect(failing).rejects.toMatchObject({ code: '42703', position: '18' });
  });

  it('is told where in its text an error is', async () => {
    await expect(client.query('select id,\n nothing from shop.orders')).rejects.toMatchObject({
      code: '42703',
      position: '13',
    });
    await expect(client.query('select * from shop.nothing')).rejects.toMatchObject({
      code: '42P01',
      position: '15',
    });
    await expect(client.query('selec 1')).rejects.toMatchObject({ code: '42601', position: '1' });
  });

  it('pages through a portal and a cursor, and closes them', async () => {
    await client.query('begin; declare c cursor for select id from shop.orders order by id');
    expect((await client.query('fetch 2 from c')).rows).toEqual([{ id: '0' }, { id: '1' }]);
    expect((await client.query('fetch forward 1 from c')).rows).toEqual([{ id: '2' }]);
    expect((await client.query('fetch all in c')).rowCount).toBe(SHOP_ORDERS - 3);
    await client.query('close c; commit');
    await expect(client.query('fetch 1 from c')).rejects.toMatchObject({ code: '34000' });
    const sql = postgres(url, { max: 1 });
    const pages: number[] = [];
    await sql`select id from shop.orders order by id`.cursor(700, (rows) => {
      pages.push(rows.length);
    });
    await sql.end();
    expect(pages).toEqual([700, 700, 600]);
  });

  it('reads one snapshot in a transaction, and tells its time', async () => {
    await client.query('begin');
    const { rows } = await client.query('select now() as now');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await client.query('select now() as now')).rows).toEqual(rows);
    await client.query('savepoint s');
    await expect(client.query('select nothing')).rejects.toMatchObject({ code: '42703' });
    await expect(client.query('select 1')).rejects.toMatchObject({ code: '25P02' });
    await client.query('rollback to savepoint s');
    expect((await client.query('select now() as now')).rows).toEqual(rows);
    await client.query('commit');
    expect((await client.query('select now() as now')).rows).not.toEqual(rows);
  });

  it('sets where names are looked for', async () => {
    await client.query('set search_path = shop, public');
    expect((await client.query('select count(*) from orders')).rows).toEqual([
      { count: String(SHOP_ORDERS) },
    ]);
    await client.query('set search_path = system');
    await expect(client.query('select count(*) from orders')).rejects.toMatchObject({ code: '42P01' });
    await client.query('reset all');
  });

  it('prepares ten thousand statements: those beyond the limit are refused, and the rest goes on', async () => {
    const other = new pg.Client(url);
    await other.connect();
    let refused = 0;
    for (let i = 0; i < 1_010; i++) {
      await other.query({ name: `s${i}`, text: 'select 1 as one' }).catch((error: { code: string }) => {
        expect(error.code).toBe('53400');
        refused += 1;
      });
    }
    expect(refused).toBe(10);
    expect((await other.query('deallocate all; select 1 as one')) as unknown).toMatchObject([
      {},
      { rows: [{ one: 1 }] },
    ]);
    await other.end();
  });
});
