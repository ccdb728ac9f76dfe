/**
 * The queries q0 to q5 and q7 to q9 of Nexmark, kept up to date over auctions, persons and bids that come twice, late, changed and deleted;
 * each is what plain DuckDB makes of the final rows at once.
 */
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { integerBetween, oneOf, type Random, seededRandom } from '../../src/base/random.ts';
import { startWorkers, type Workers } from '../../src/runtime/start-workers.ts';
import { itemsSpec } from '../support/mesh-folder.ts';
import { canonicalRows, parseExact } from '../support/read-ports.ts';
import { checkedMesh, ServedMesh } from './served-mesh.ts';

const SEED = 42;
const EVENTS = Number(process.env.WHARF_NEXMARK_EVENTS ?? 1_200);
const BATCHES = 3;
const LATE_SHARE = 0.1;
const REPEATED_SHARE = 0.05;
const DELETED_SHARE = 0.03;

const TABLES = {
  person: { id: 'integer', name: 'string', state: 'string', at_ms: 'integer' },
  auction: { id: 'integer', seller: 'integer', category: 'integer', at_ms: 'integer', expires_ms: 'integer' },
  bid: { id: 'integer', auction: 'integer', bidder: 'integer', price: 'integer', at_ms: 'integer' },
} as const;
type Table = keyof typeof TABLES;
type Row = Readonly<Record<string, number | string>>;

interface Query {
  readonly reads: readonly Table[];
  readonly key: readonly string[];
  /** By name, in the order of the query's columns. */
  readonly fields: Readonly<Record<string, 'integer' | 'string' | 'number'>>;
  readonly sql: string;
}

const won = `select a.id, a.seller, a.category, b.id as bid, b.bidder, b.price from auction a join bid b on b.auction = a.id
  where b.at_ms between a.at_ms and a.expires_ms qualify row_number() over (partition by a.id order by b.price desc, b.at_ms, b.id) = 1`;

const QUERIES: Readonly<Record<string, Query>> = {
  q0: {
    reads: ['bid'],
    key: ['id'],
    fields: { id: 'integer', auction: 'integer', bidder: 'integer', price: 'integer', at_ms: 'integer' },
    sql: 'select id, auction, bidder, price, at_ms from bid',
  },
  q1: {
    reads: ['bid'],
    key: ['id'],
    fields: { id: 'integer', auction: 'integer', euros: 'number' },
    sql: 'select id, auction, cast(price * 0.908 as double) as euros from bid',
  },
  q2: {
    reads: ['bid'],
    key: ['id'],
    fields: { id: 'integer', auction: 'integer', price: 'integer' },
    sql: 'select id, auction, price from bid where auction % 7 = 0',
  },
  q3: {
    reads: ['auction', 'person'],
    key: ['id'],
    fields: { id: 'integer', name: 'string', state: 'string' },
    sql: "select a.id, p.name, p.state from auction a join person p on a.seller = p.id where a.category = 10 and p.state in ('OR', 'ID', 'CA')",
  },
  q4: {
    reads: ['auction', 'bid'],
    key: ['category'],
    fields: { category: 'integer', price: 'number' },
    sql: `select category, avg(price) as price from (${won}) group by category`,
  },
  q5: {
    reads: ['bid'],
    key: ['began_ms', 'auction'],
    fields: { began_ms: 'integer', auction: 'integer', bids: 'integer' },
    sql: `select began_ms, auction, count(*) as bids from (select auction, unnest([at_ms // 2000 * 2000 - 2000 * k for k in range(5)]) as began_ms from bid)
      group by began_ms, auction qualify rank() over (partition by began_ms order by count(*) desc) = 1`,
  },
  q7: {
    reads: ['bid'],
    key: ['id'],
    fields: { began_ms: 'integer', id: 'integer', price: 'integer' },
    sql: 'select at_ms // 10000 * 10000 as began_ms, id, price from bid qualify rank() over (partition by at_ms // 10000 order by price desc) = 1',
  },
  q8: {
    reads: ['person', 'auction'],
    key: ['id', 'began_ms'],
    fields: { id: 'integer', name: 'string', began_ms: 'integer' },
    sql: 'select distinct p.id, p.name, p.at_ms // 10000 * 10000 as began_ms from person p join auction a on a.seller = p.id and a.at_ms // 10000 = p.at_ms // 10000',
  },
  q9: {
    reads: ['auction', 'bid'],
    key: ['id'],
    fields: {
      id: 'integer',
      seller: 'integer',
      category: 'integer',
      bid: 'integer',
      bidder: 'integer',
      price: 'integer',
    },
    sql: won,
  },
};

function specOf(name: string, rest: string): string {
  return itemsSpec(rest).replace('test.items', `test.${name}`);
}

function fieldsOf(fields: Readonly<Record<string, string>>, key: readonly string[]): string {
  const texts = Object.entries(fields).map(
    ([name, type]) => `  ${name}: { type: ${type}, required: ${key.includes(name)} }`,
  );
  return `key: [${key.join(', ')}]\nfields:\n${texts.join('\n')}\n`;
}

function nexmark() {
  const files: Record<string, string> = { 'mesh.yaml': 'mesh: test\n' };
  for (const [name, fields] of Object.entries(TABLES))
    files[`${name}.product.yaml`] = specOf(
      name,
      `inputs: { source: { from: push } }\n${fieldsOf(fields, ['id'])}`,
    );
  for (const [name, { reads, key, fields, sql }] of Object.entries(QUERIES)) {
    const inputs = reads.map((table) => `${table}: test.${table}@1`).join(', ');
    const transform = `inputs: { ${inputs} }\ntransform: { sql: ${JSON.stringify(sql)} }\n`;
    files[`${name}.product.yaml`] = specOf(name, transform + fieldsOf(fields, key));
  }
  return checkedMesh(files);
}

/** One person, three auctions and 46 bids of each fifty events. */
function eventOf(random: Random, i: number): { readonly table: Table; readonly row: Row } {
  const late = random.next() < LATE_SHARE ? integerBetween(random, 1, 20_000) : 0;
  const at_ms = Math.max(0, i * 20 - late);
  const turn = i % 50;
  const state = oneOf(random, ['OR', 'ID', 'CA', 'WA']);
  if (turn === 0) return { table: 'person', row: { id: i, name: `person ${i}`, state, at_ms } };
  const auctions = Math.max(1, Math.floor(i / 50));
  if (turn <= 3) {
    const seller = 50 * integerBetween(random, Math.max(0, auctions - 4), auctions);
    const expires_ms = at_ms + integerBetween(random, 1_000, 20_000);
    return {
      table: 'auction',
      row: { id: i, seller, category: integerBetween(random, 10, 14), at_ms, expires_ms },
    };
  }
  const auction =
    50 * integerBetween(random, Math.max(0, auctions - 4), auctions) + integerBetween(random, 1, 3);
  const bidder = 50 * integerBetween(random, 0, auctions);
  return { table: 'bid', row: { id: i, auction, bidder, price: integerBetween(random, 1, 10_000), at_ms } };
}

async function expected(state: Readonly<Record<Table, Map<number, Row>>>): Promise<Map<string, unknown[]>> {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  for (const [table, rows] of Object.entries(state)) {
    const fields = TABLES[table as Table];
    const columns = Object.entries(fields).map(
      ([name, type]) => `${name} ${type === 'integer' ? 'bigint' : 'varchar'}`,
    );
    const values = [...rows.values()].map(
      (row) =>
        `(${Object.keys(fields).map((name) => (typeof row[name] === 'string' ? `'${row[name]}'` : row[name]))})`,
    );
    await connection.run(`create table ${table} (${columns.join(', ')})`);
    await connection.run(`insert into ${table} values ${values.join(', ')}`);
  }
  const answers = new Map<string, unknown[]>();
  for (const [name, { sql }] of Object.entries(QUERIES)) {
    const rows = (await connection.runAndReadAll(sql)).getRowObjectsJS();
    const exact = (value: unknown) => (typeof value === 'string' ? value : parseExact(String(value)));
    answers.set(
      name,
      rows.map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, exact(v)]))),
    );
  }
  connection.closeSync();
  return answers;
}

describe('the queries of Nexmark', () => {
  let workers: Workers;

  beforeAll(async () => {
    workers = startWorkers(await mkdtemp(path.join(os.tmpdir(), 'wharf-nexmark-')), silentLog);
  });
  afterAll(async () => {
    await Promise.all([workers.engine.close(), workers.reader.close(), workers.pool.close()]);
  });

  it(`are what plain SQL makes of the final rows (${EVENTS} events, seed ${SEED})`, async () => {
    const random = seededRandom(SEED);
    const served = await ServedMesh.open(
      nexmark(),
      await mkdtemp(path.join(os.tmpdir(), 'wharf-nexmark-')),
      workers,
    );
    const state = {
      person: new Map<number, Row>(),
      auction: new Map<number, Row>(),
      bid: new Map<number, Row>(),
    };
    try {
      for (let batch = 0; batch < BATCHES; batch++) {
        const given: Record<Table, Row[]> = { person: [], auction: [], bid: [] };
        const size = EVENTS / BATCHES;
        for (let i = batch * size; i < (batch + 1) * size; i++) {
          const { table, row } = eventOf(random, i);
          const isRepeated = random.next() < REPEATED_SHARE;
          given[table].push(row, ...(isRepeated ? [row] : []));
          state[table].set(i, row);
        }
        for (const table of ['bid', 'auction', 'person'] as const) {
          if (given[table].length > 0)
            await served.push(table, {
              op: 'upsert',
              records: given[table].map((row) => JSON.stringify(row)),
            });
          const gone = [...state[table].keys()].filter(() => random.next() < DELETED_SHARE);
          for (const id of gone) state[table].delete(id);
          if (gone.length > 0)
            await served.push(table, { op: 'delete', records: gone.map((id) => `{"id":${id}}`) });
        }
        await served.settle();
      }
      for (const [name, rows] of await expected(state)) {
        expect(rows.length, `${name} has rows`).toBeGreaterThan(0);
        expect({ name, rows: canonicalRows(await served.rows(name)) }).toEqual({
          name,
          rows: canonicalRows(rows),
        });
      }
    } finally {
      await served.close();
    }
  });
});
