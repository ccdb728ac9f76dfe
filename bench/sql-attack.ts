/**
 * What neighbours feel while one consumer sends all that it should not: the corpus of refused statements, cross joins, texts of 4 GB,
 * statements by the thousand. The neighbour looks rows up by their key, and groups by through a guest.
 *
 *     node scripts/bench.mjs sql-attack [seconds]
 *
 * Baseline: the same neighbour before anybody attacks, in the same process.
 */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { integerBetween, seededRandom } from '../src/base/random.ts';
import { HOSTILE } from '../test/support/hostile-statements.ts';
import { WharfProcess } from '../test/support/wharf-process.ts';
import { bind, execute, parse, sync, WireClient } from '../test/support/wire-client.ts';
import { count, percentile, sleep, writeMesh } from './support/measure.ts';
import { ordersMesh, writeOrders } from './support/records.ts';

const ORDERS = 100_000;
const NEIGHBOURS = 4;
const WARM_UP_SECONDS = 10;
const SETTLE_MS = 8_000;
/** Prepared and never closed, by one connection. */
const PREPARED = 10_000;
const seconds = Number(process.argv[2] ?? 15);

/** Each is ended by a limit: of time, of memory, of what may be written. */
const HEAVY = [
  'select count(*) from shop.orders a, shop.orders b, shop.orders c where a.amount + b.amount > c.amount',
  "select length(repeat('x', 4000000000))",
  "select string_agg(note || note, ',') from shop.orders a, generate_series(1, 1000) n",
  'select * from shop.orders a, shop.orders b order by a.note, b.note',
  'select sum(n) from generate_series(1, 100000000000) n',
];

interface Felt {
  readonly lookUps: number[];
  readonly groups: number[];
}

async function lookUps(url: string, until: () => boolean, latencies: number[]): Promise<void> {
  const client = await WireClient.started(url, { user: 'neighbour' });
  const random = seededRandom(42);
  client.send(parse('s', 'select city from shop.orders where id = $1'), sync());
  await client.until('Z');
  while (!until()) {
    const started = performance.now();
    client.send(bind('', 's', [String(integerBetween(random, 1, ORDERS))]), execute(''), sync());
    const answer = await client.until('Z');
    if (!answer.some(({ type }) => type === 'D')) throw new Error('A row was not found.');
    latencies.push(performance.now() - started);
  }
  client.close();
}

async function groups(url: string, until: () => boolean, latencies: number[]): Promise<void> {
  const client = await WireClient.started(url, { user: 'neighbour' });
  while (!until()) {
    const started = performance.now();
    const answer = await client.ask('select city, sum(amount) from shop.orders group by city order by 1');
    if (!answer.some(({ type }) => type === 'D')) throw new Error('A neighbour was not answered.');
    latencies.push(performance.now() - started);
  }
  client.close();
}

async function neighbours(url: string, forSeconds: number): Promise<Felt> {
  const felt: Felt = { lookUps: [], groups: [] };
  const end = performance.now() + forSeconds * 1_000;
  const until = () => performance.now() >= end;
  const each = Array.from({ length: NEIGHBOURS }, () => lookUps(url, until, felt.lookUps));
  await Promise.all([...each, groups(url, until, felt.groups)]);
  return felt;
}

async function repeatedly(url: string, statements: readonly string[], until: () => boolean): Promise<number> {
  let sent = 0;
  while (!until()) {
    const client = await WireClient.started(url, { user: 'attacker' });
    for (const statement of statements) {
      if (until() || client.ended) break;
      await client.ask(statement);
      sent += 1;
    }
    client.close();
  }
  return sent;
}

async function prepareMany(url: string): Promise<number> {
  const client = await WireClient.started(url, { user: 'attacker' });
  for (let i = 0; i < PREPARED; i += 100) {
    const each = Array.from({ length: 100 }, (_, n) => parse(`p${i + n}`, `select ${i + n}`));
    client.send(...each, sync());
    await client.until('Z');
  }
  client.close();
  return PREPARED;
}

function told(name: string, calm: readonly number[], attacked: readonly number[]): string {
  const [before, during] = [percentile([...calm], 0.99), percentile([...attacked], 0.99)];
  return `  ${name.padEnd(12)} calm ${count(calm.length / seconds)}/s, p99 ${before.toFixed(1)} ms; attacked ${count(attacked.length / seconds)}/s, p99 ${during.toFixed(1)} ms: ${(during / before).toFixed(2)} x`;
}

const mesh = await writeMesh(ordersMesh('{ from: file, path: data/*.ndjson, every: 1h }'));
await mkdir(path.join(mesh, 'data'));
await writeOrders(path.join(mesh, 'data', 'orders.ndjson'), ORDERS);
const wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
try {
  await wharf.untilReady(600_000);
  await sleep(SETTLE_MS);
  const { sql } = await wharf.get<{ sql: { port: number; database: string } }>('/api/mesh');
  const url = `postgres://127.0.0.1:${sql.port}/${sql.database}`;
  await neighbours(url, WARM_UP_SECONDS);
  const calm = await neighbours(url, seconds);
  let isOver = false;
  const corpus = HOSTILE.map(([statement]) => statement);
  const attacks = [
    ...[corpus, corpus.toReversed(), HEAVY, HEAVY.toReversed(), HEAVY].map((statements) =>
      repeatedly(url, statements, () => isOver),
    ),
    prepareMany(url),
  ];
  const attacked = await neighbours(url, seconds);
  isOver = true;
  const sent = (await Promise.all(attacks)).reduce((sum, each) => sum + each, 0);
  console.log(
    `neighbours while one consumer attacks on ${attacks.length} connections with ${count(sent)} statements (wanted: p99 at most 2 x)`,
  );
  console.log(told('by key', calm.lookUps, attacked.lookUps));
  console.log(told('group by', calm.groups, attacked.groups));
} finally {
  await wharf.stop();
  await rm(mesh, { recursive: true });
}
