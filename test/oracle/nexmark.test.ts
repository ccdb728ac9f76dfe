/**
 * The example `nexmark`: the queries q0 to q5 and q7 to q9, kept up to date over auctions, persons and bids that come twice, late and are
 * taken back; each is what plain DuckDB makes of the final rows at once.
 */
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuctionEvent, auctionEvents, pushesOf } from '../../examples/nexmark/events.mjs';
import { silentLog } from '../../src/base/log.ts';
import { startWorkers, type Workers } from '../../src/runtime/start-workers.ts';
import { NEXMARK_QUERIES, NEXMARK_SOURCES, nexmarkFiles } from '../support/nexmark-files.ts';
import { canonicalRows, parseExact } from '../support/read-ports.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { checkedMesh, ServedMesh } from './served-mesh.ts';

const SEED = 42;
const EVENTS = Number(process.env.WHARF_NEXMARK_EVENTS ?? 1_200);
const BATCHES = 3;

type State = Readonly<Record<AuctionEvent['product'], Map<number, AuctionEvent['record']>>>;

/** What plain DuckDB gives for each query over these rows. */
async function expected(
  state: State,
  files: Readonly<Record<string, string>>,
): Promise<Map<string, unknown[]>> {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  for (const [table, fields] of Object.entries(NEXMARK_SOURCES)) {
    const columns = Object.entries(fields).map(([name, type]) => `${name} ${type}`);
    const rows = [...state[table as AuctionEvent['product']].values()];
    const text = (value: unknown) => (typeof value === 'string' ? `'${value}'` : String(value));
    const values = rows.map((row) => `(${Object.keys(fields).map((name) => text(row[name]))})`);
    await connection.run(`create table ${table} (${columns.join(', ')})`);
    await connection.run(`insert into ${table} values ${values.join(', ')}`);
  }
  const answers = new Map<string, unknown[]>();
  const exact = (value: unknown) => (typeof value === 'string' ? value : parseExact(String(value)));
  for (const name of NEXMARK_QUERIES) {
    const rows = (await connection.runAndReadAll(files[`queries/${name}.sql`] ?? '')).getRowObjectsJS();
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
    workers = startWorkers(await temporaryFolder('nexmark-workers'), silentLog);
  });
  afterAll(async () => {
    await Promise.all([workers.engine.close(), workers.reader.close(), workers.pool.close()]);
  });

  it(`are what plain SQL makes of the final rows (${EVENTS} events, seed ${SEED})`, async () => {
    const files = await nexmarkFiles();
    const events = [...auctionEvents({ seed: SEED, count: EVENTS })];
    const state: State = { person: new Map(), auction: new Map(), bid: new Map() };
    for (const { product, op, record } of events) {
      if (op === 'upsert') state[product].set(Number(record.id), record);
      else state[product].delete(Number(record.id));
    }
    const served = await ServedMesh.open(checkedMesh(files), await temporaryFolder('nexmark'), workers);
    try {
      for (const pushes of pushesOf(events, Math.ceil(events.length / BATCHES))) {
        for (const { product, op, records } of pushes)
          await served.push(`auctions.${product}`, {
            op,
            records: records.map((row) => JSON.stringify(row)),
          });
        await served.settle();
      }
      for (const [name, rows] of await expected(state, files)) {
        expect(rows.length, `${name} has rows`).toBeGreaterThan(0);
        expect({ name, rows: canonicalRows(await served.rows(`queries.${name}`)) }).toEqual({
          name,
          rows: canonicalRows(rows),
        });
      }
    } finally {
      await served.close();
    }
  });
});
