/**
 * The SQL port over 3,000,000 flights (vega-datasets' flights-3m.parquet as a product) and 100,000 keyed orders.
 *
 *     node scripts/bench.mjs sql [data folder to keep]
 *
 * Baseline: plain DuckDB, in this process, over one Parquet file of the same rows, with as many threads as a guest has.
 */
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import { integerBetween, seededRandom } from '../src/base/random.ts';
import { GUEST_THREADS } from '../src/engine/limits.ts';
import { findServer } from '../src/runtime/find-server.ts';
import { WharfProcess } from '../test/support/wharf-process.ts';
import { bind, execute, parse, query, startup, sync, WireClient } from '../test/support/wire-client.ts';
import { count, median, percentile, sleep, writeMesh } from './support/measure.ts';
import { processTreeRss } from './support/memory.ts';
import { ordersMesh, writeOrders } from './support/records.ts';

const ORDERS = 100_000;
const CLIENTS = 16;
const LOOK_UP_SECONDS = 10;
/** Look-ups before those that count: the first of a dataset have its index of keys made. */
const LOOK_UP_FIRST_SECONDS = 10;
const IDLE = 500;
const REPEATS = 5;
const SETTLE_MS = 15_000;
/** Reads after which a large state is brought up to date. */
const FIRST_READS = 20;
const FLIGHTS = fileURLToPath(new URL('../data/flights-3m.parquet', import.meta.resolve('vega-datasets')));

const FLIGHTS_SPEC = `product: air.flights
version: 1.0.0
status: active
owner: bench
alignment: source
tier: bronze
purpose: Three million flights.
inputs:
  source: { from: file, connection: vega, path: data/flights-3m.parquet }
key: row
fields:
  date: { type: timestamp, zone: local, required: true }
  delay: { type: integer }
  distance: { type: integer }
  origin: { type: string }
  destination: { type: string }
access:
  - { allow: [anyone] }
`;

/** Of the table that stands for $t. */
const QUERIES: readonly (readonly [string, string])[] = [
  ['group by origin', 'select origin, count(*), avg(delay) from $t group by origin order by 1'],
  [
    'group by route',
    'select origin, destination, count(*) as n from $t group by 1, 2 order by n desc, 1, 2 limit 20',
  ],
  ['count', 'select count(*) from $t'],
  ['sum where', "select sum(delay) from $t where origin = 'JFK' and distance > 1000"],
  ['by day', "select date_trunc('day', date) as day, avg(delay) from $t group by 1 order by 1"],
  ['top delays', 'select * from $t order by delay desc, date, origin, destination limit 50'],
  ['distinct', 'select count(distinct destination) from $t'],
  [
    'window',
    'select max(r) from (select rank() over (partition by origin order by delay desc) as r from $t) x',
  ],
  [
    'join',
    'select a.origin, count(*) from $t a join (select distinct destination from $t where distance > 2000) b on a.origin = b.destination group by 1 order by 1',
  ],
  ['quantiles', 'select origin, quantile_cont(delay, 0.9) from $t group by 1 order by 1'],
];

async function mesh(): Promise<string> {
  const files = new Map(ordersMesh('{ from: file, path: data/*.ndjson, every: 1h }'));
  files.set('flights.product.yaml', FLIGHTS_SPEC);
  files.set('mesh.yaml', 'mesh: bench\nconnections:\n  vega: { type: folder, package: vega-datasets }\n');
  const folder = await writeMesh(files);
  await mkdir(path.join(folder, 'data'));
  await writeOrders(path.join(folder, 'data', 'orders.ndjson'), ORDERS);
  return folder;
}

/** The medians of both, in milliseconds; in turns, so that what else the machine does takes from both alike. */
async function inTurns(work: readonly (() => Promise<unknown>)[]): Promise<readonly number[]> {
  const times = work.map((): number[] => []);
  for (let i = 0; i < REPEATS; i++) {
    for (const [at, each] of work.entries()) {
      const started = performance.now();
      await each();
      times[at]?.push(performance.now() - started);
    }
  }
  return times.map(median);
}

async function ratios(url: string, wharf: WharfProcess): Promise<void> {
  const file = path.join(path.dirname(meshFolder), `flights-${wharf.pid}.parquet`);
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(GUEST_THREADS),
    integer_division: 'true',
    default_null_order: 'postgres',
  });
  const plain = await instance.connect();
  await plain.run(`copy (select distinct * from '${FLIGHTS}') to '${file}'`);
  const client = new pg.Client(url);
  await client.connect();
  for (let i = 0; i < FIRST_READS; i++) await client.query('select count(*) from air.flights');
  await sleep(SETTLE_MS);
  const rows: string[] = [];
  for (const [name, sql] of QUERIES) {
    const [ours = 0, theirs = 0] = await inTurns([
      () => client.query({ text: sql.replaceAll('$t', 'air.flights'), rowMode: 'array' }),
      async () => (await plain.run(sql.replaceAll('$t', `read_parquet('${file}')`))).getRows(),
    ]);
    rows.push(
      `  ${name.padEnd(18)} ${ours.toFixed(0).padStart(6)} ms  plain ${theirs.toFixed(0).padStart(6)} ms  ratio ${(ours / theirs).toFixed(2)}`,
    );
  }
  await client.end();
  plain.closeSync();
  await rm(file);
  console.log(
    `10 queries over 2,999,809 rows (wanted: group by at most 1.5 x plain DuckDB)\n${rows.join('\n')}`,
  );
}

/** Counts messages by their headers, wherever the chunks are cut. */
class MessageCounter {
  rows = 0;
  #head = Buffer.alloc(5);
  #headBytes = 0;
  #bodyBytes = 0;

  /** True once a ReadyForQuery has come. */
  push(chunk: Buffer): boolean {
    let isReady = false;
    for (let at = 0; at < chunk.length; ) {
      if (this.#bodyBytes > 0) {
        const taken = Math.min(this.#bodyBytes, chunk.length - at);
        this.#bodyBytes -= taken;
        at += taken;
        continue;
      }
      this.#head[this.#headBytes++] = chunk[at++] ?? 0;
      if (this.#headBytes < 5) continue;
      this.#headBytes = 0;
      this.#bodyBytes = this.#head.readInt32BE(1) - 4;
      if (this.#head[0] === 0x44) this.rows += 1;
      isReady ||= this.#head[0] === 0x5a;
    }
    return isReady;
  }
}

async function stream(url: string, wharf: WharfProcess): Promise<void> {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  const counter = new MessageCounter();
  let isReady: (at: number) => void = () => undefined;
  let firstRow = 0;
  socket.on('data', (chunk: Buffer) => {
    const ready = counter.push(chunk);
    if (counter.rows > 0 && firstRow === 0) firstRow = performance.now();
    if (ready) isReady(performance.now());
  });
  const ready = () =>
    new Promise<number>((resolve) => {
      isReady = resolve;
    });
  const signedIn = ready();
  socket.write(startup({ user: 'bench', database: pathname.slice(1) }));
  await signedIn;
  const before = processTreeRss(wharf.pid);
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, processTreeRss(wharf.pid));
  }, 200);
  const ended = ready();
  const started = performance.now();
  socket.write(query('select * from air.flights'));
  const seconds = ((await ended) - started) / 1_000;
  clearInterval(watch);
  socket.destroy();
  console.log(
    `select * over ${count(counter.rows)} rows: first row after ${(firstRow - started).toFixed(0)} ms, ${count(counter.rows / seconds)} rows/s, memory ${count(before / 1e6)} MB, at most ${count(most / 1e6)} MB (wanted 300 ms, 200,000 rows/s, flat)`,
  );
}

async function lookUps(url: string): Promise<void> {
  const random = seededRandom(42);
  const latencies: number[] = [];
  const from = performance.now() + LOOK_UP_FIRST_SECONDS * 1_000;
  const until = from + LOOK_UP_SECONDS * 1_000;
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => WireClient.started(url)));
  await Promise.all(
    clients.map(async (client) => {
      client.send(parse('s', 'select 1 from shop.orders where id = $1'), sync());
      await client.until('Z');
      while (performance.now() < until) {
        const started = performance.now();
        client.send(bind('', 's', [String(integerBetween(random, 1, ORDERS))]), execute(''), sync());
        const answer = await client.until('Z');
        if (!answer.some(({ type }) => type === 'D'))
          throw new Error(answer.map(({ body }) => body.toString()).join('\n'));
        if (started >= from) latencies.push(performance.now() - started);
      }
      client.close();
    }),
  );
  console.log(
    `select 1 ... where key = $1, prepared, ${CLIENTS} clients: ${count(latencies.length / LOOK_UP_SECONDS)}/s, p50 ${percentile(latencies, 0.5).toFixed(1)} ms, p99 ${percentile(latencies, 0.99).toFixed(1)} ms (wanted 1,000/s, 5,000 is where it must go)`,
  );
}

async function open(url: string, count: number): Promise<WireClient[]> {
  const clients: WireClient[] = [];
  for (let i = 0; i < count; i++) clients.push(await WireClient.started(url));
  return clients;
}

async function close(clients: readonly WireClient[]): Promise<void> {
  for (const client of clients) client.close();
  await sleep(500);
}

async function idle(url: string, wharf: WharfProcess): Promise<void> {
  const first = await WireClient.started(url);
  await first.ask('select 1');
  // What a process takes for having had so many connections once is not what each of them takes.
  await close(await open(url, IDLE));
  await sleep(2_000);
  const before = processTreeRss(wharf.pid);
  const clients = await open(url, IDLE);
  await sleep(2_000);
  const each = (processTreeRss(wharf.pid) - before) / IDLE / 1_024;
  const answers = await Promise.all(clients.map((client) => client.ask('select 1')));
  const held = answers.filter((answer) => answer.some(({ type }) => type === 'D')).length;
  await close([first, ...clients]);
  console.log(`${held} idle connections held, ${each.toFixed(0)} KB each (wanted ${IDLE}, at most 100 KB)`);
}

const kept = process.argv[2];
const meshFolder = kept && existsSync(kept) ? kept : await mesh();
const wharf = await WharfProcess.start({ mesh: meshFolder, data: path.join(meshFolder, '.wharf') });
await wharf.untilReady(600_000);
// State runs are brought up to date when no records have come for a while.
await sleep(SETTLE_MS);
const port = (await wharf.get<{ sql: { port: number; database: string } }>('/api/mesh')).sql;
const url = `postgres://bench@127.0.0.1:${port.port}/${port.database}`;
if (!(await findServer(path.join(meshFolder, '.wharf')))) throw new Error('Wharf is not there');
try {
  await idle(url, wharf);
  await lookUps(url);
  await stream(url, wharf);
  await ratios(url, wharf);
} finally {
  await wharf.stop();
  if (kept === undefined) await rm(meshFolder, { recursive: true });
  else console.log(`kept in ${meshFolder}`);
}
