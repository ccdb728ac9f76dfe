/** What the SQL port answers, and what plain DuckDB answers over the files that the products are exported to. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { arrowRows } from '../support/arrow-rows.ts';
import { SEED } from '../support/seed.ts';
import { type Shop, serveShop } from '../support/shop-mesh.ts';
import { cells, WireClient } from '../support/wire-client.ts';
import { logicSelect } from './logic-select.ts';
import { randomSelect } from './random-select.ts';

const RANDOM_QUERIES = Number(process.env.WHARF_TEST_SQL_RANDOM ?? 500);
const LOGIC_QUERIES = Number(process.env.WHARF_TEST_SQL_LOGIC ?? 1_000);
const CLIENTS = 4;
let shop: Shop;
let plain: DuckDBConnection;

beforeAll(async () => {
  shop = await serveShop();
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    integer_division: 'true',
    default_null_order: 'postgres',
  });
  plain = await instance.connect();
  await plain.run("set TimeZone = 'UTC'");
  await plain.run('create schema shop');
  for (const name of ['orders', 'customers', 'numbers']) {
    const response = await fetch(`${shop.serving.url}/p/shop.${name}/v1/files/${name}.parquet`);
    const file = path.join(shop.folder, `${name}.parquet`);
    await writeFile(file, Buffer.from(await response.arrayBuffer()));
    await plain.run(`create table shop.${name} as select * from read_parquet('${file}')`);
  }
});

afterAll(async () => {
  plain?.closeSync();
  await shop?.close();
});

async function throughPort(sql: string, client: WireClient): Promise<string[]> {
  const answer = await client.ask(sql);
  const error = answer.find(({ type }) => type === 'E');
  if (error) throw new Error(`${error.body.toString()}\n${sql}`);
  return answer
    .filter(({ type }) => type === 'D')
    .map((row) => JSON.stringify(cells(row).map((cell) => cell?.toString('utf8') ?? null)));
}

async function throughDuckdb(sql: string): Promise<string[]> {
  const rows = await (await plain.run(sql)).getRows();
  return rows.map((row) => JSON.stringify(row.map(postgresText)));
}

function postgresText(value: DuckDBValue): string | null {
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? 't' : 'f';
  return String(value);
}

/** Those that differ, of a number of queries; with where they come from. */
async function differing(count: number, draw: () => string, isOrdered: boolean): Promise<unknown[]> {
  const queries = Array.from({ length: count }, draw);
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, () => WireClient.started(shop.serving.sqlUrl ?? '')),
  );
  const wrong: unknown[] = [];
  let at = 0;
  await Promise.all(
    clients.map(async (client) => {
      for (let sql = queries[at++]; sql !== undefined; sql = queries[at++]) {
        const [ours, theirs] = [await throughPort(sql, client), await throughDuckdb(sql)];
        const [a, b] = isOrdered ? [ours, theirs] : [ours.toSorted(), theirs.toSorted()];
        if (JSON.stringify(a) !== JSON.stringify(b))
          wrong.push({ seed: SEED, sql, ours: a.slice(0, 5), theirs: b.slice(0, 5) });
      }
      client.close();
    }),
  );
  return wrong;
}

describe('the SQL port', { timeout: 240_000 }, () => {
  it(`answers ${RANDOM_QUERIES} random queries as plain DuckDB does (seed ${SEED})`, async () => {
    const random = seededRandom(SEED);
    expect(await differing(RANDOM_QUERIES, () => randomSelect(random), false)).toEqual([]);
  });

  it(`answers ${LOGIC_QUERIES} queries in the shapes of logic tests as plain DuckDB does (seed ${SEED})`, async () => {
    const random = seededRandom(SEED + 1);
    expect(await differing(LOGIC_QUERIES, () => logicSelect(random), true)).toEqual([]);
  });
});

describe('POST /api/sql', () => {
  const STATEMENT = `select id, amount, weight, express, ordered_on, changed_at, tags, sum(id) over () as total, reference::uuid as u
    from shop.orders order by id limit 9`;

  it('gives an Arrow stream of the same exact values', async () => {
    const response = await shop.sql({ sql: STATEMENT }, 'application/vnd.apache.arrow.stream');
    expect(response.headers.get('content-type')).toBe('application/vnd.apache.arrow.stream');
    const rows = arrowRows(new Uint8Array(await response.arrayBuffer()));
    expect(rows).toHaveLength(9);
    expect(rows[3]).toMatchObject({ amount: null, tags: null });
    expect(JSON.stringify(rows[7])).toContain('"changed_at":"2024-01-08T22:27:00.000001Z"');
    expect(rows[7]).toMatchObject({
      tags: ['a', 'b "2"', 'NULL', ''],
      u: '00000000-0000-4000-8000-000000000007',
    });
  });

  it('gives a Parquet file of the same exact values', async () => {
    const response = await shop.sql({ sql: `${STATEMENT}`, params: [] }, 'application/vnd.apache.parquet');
    expect(response.headers.get('wharf-position')).toBe('2000');
    const file = path.join(shop.folder, 'answer.parquet');
    await writeFile(file, Buffer.from(await response.arrayBuffer()));
    const theirs = await throughDuckdb(
      STATEMENT.replace('sum(id) over ()', 'cast(sum(id) over () as decimal(38,0))'),
    );
    expect(await throughDuckdb(`select * from read_parquet('${file}')`)).toEqual(theirs);
  });

  it('gives large answers whole, one after another', async () => {
    for (const [accept, count] of [
      ['application/vnd.apache.arrow.stream', 300_000],
      ['application/vnd.apache.parquet', 300_000],
    ] as const) {
      const response = await shop.sql(
        { sql: `select i, 'n' || i as n from generate_series(1, ${count}) i` },
        accept,
      );
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (accept.endsWith('parquet')) {
        const file = path.join(shop.folder, 'large.parquet');
        await writeFile(file, bytes);
        expect(await throughDuckdb(`select count(*), sum(i) from read_parquet('${file}')`)).toEqual([
          '["300000","45000150000"]',
        ]);
      } else expect(arrowRows(bytes)).toHaveLength(count);
    }
  });

  it('tells what is wrong before the first byte, in every format', async () => {
    for (const accept of [
      'application/vnd.apache.arrow.stream',
      'application/vnd.apache.parquet',
      'text/csv',
    ]) {
      const response = await shop.sql({ sql: "select 'x'::integer from shop.orders" }, accept);
      expect(response.status).toBe(400);
      expect(((await response.json()) as { sqlState: string }).sqlState).toBe('22P02');
    }
  });
});
