/**
 * Flush: 500,000 records of 280 bytes and 12 fields from journaled blocks to durable runs, beside the engine alone turning
 * the same lines into Parquet. Look-ups: rows by key of 1,000,000 keys, from one process, 32 at a time.
 *
 *     node scripts/bench.mjs store
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { integerBetween, seededRandom } from '../src/base/random.ts';
import { startTestEngine } from '../src/engine/test-engine.ts';
import { openJournal } from '../src/journal/open-journal.ts';
import type { Dataset } from '../src/schema/field.ts';
import { openStore } from '../src/store/open-store.ts';

const RECORDS = 500_000;
const BLOCK_RECORDS = 2_000;
const LOOKUP_KEYS = 1_000_000;
const LOOKUP_SECONDS = 5;
const CONNECTIONS = 32;
/** The key view is built in the background; from this rate on it must be the one that answers. */
const VIEW_LOOKUPS_MIN = 5_000;
const VIEW_BUILD_MS_MAX = 60_000;
const STREAM = 'bench.orders@1';

const DATASET: Dataset = {
  name: 'orders',
  key: ['id'],
  extra: 'refuse',
  fields: [
    { name: 'id', type: 'integer' },
    { name: 'customer', type: 'string' },
    { name: 'city', type: 'string' },
    { name: 'note', type: 'string' },
    { name: 'amount', type: 'decimal', precision: 12, scale: 2 },
    { name: 'ratio', type: 'number' },
    { name: 'paid', type: 'boolean' },
    { name: 'day', type: 'date' },
    { name: 'at', type: 'timestamp' },
    { name: 'items', type: 'integer' },
    { name: 'channel', type: 'string' },
    { name: 'comment', type: 'string' },
  ],
};

function line(id: number, random: { next(): number }): string {
  const number = (from: number, to: number) => integerBetween(random, from, to);
  const day = `2024-0${number(1, 9)}-1${number(0, 9)}`;
  return `{"id":${id},"customer":"customer-${number(1, 50_000)}","city":"city-${number(1, 500)}","note":"note of order ${id}","amount":${number(1, 99_999)}.${number(10, 99)},"ratio":0.${number(1, 999)},"paid":${number(0, 1) === 1},"day":"${day}","at":"${day}T10:11:12Z","items":${number(1, 9)},"channel":"web","comment":"${'x'.repeat(55)}"}`;
}

function rate(count: number, ms: number): string {
  return `${Math.round((count / ms) * 1_000).toLocaleString('en-US')}/s`;
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'wharf-bench-'));
const writer = await startTestEngine({ memoryMb: 700, threads: 2 });
const reader = await startTestEngine({ role: 'reader', memoryMb: 500, threads: 2 });
const journal = await openJournal({ folder, clock: systemClock, log: silentLog });
const store = await openStore({ folder, journal, writer, reader, clock: systemClock, log: silentLog });
store.open({ stream: STREAM, datasets: [DATASET], historyMs: undefined });

async function push(from: number, count: number, seed: number): Promise<string> {
  const random = seededRandom(seed);
  const blocks: string[] = [];
  for (let id = from; id < from + count; id += BLOCK_RECORDS) {
    const body = Array.from({ length: BLOCK_RECORDS }, (_, i) => `${line(id + i, random)}\n`).join('');
    blocks.push(body);
    await journal.commit({
      appends: [{ stream: STREAM, dataset: 'orders', count: BLOCK_RECORDS, body: Buffer.from(body) }],
    });
  }
  return blocks.join('');
}

const plain = path.join(folder, 'plain.ndjson');
writeFileSync(plain, await push(0, RECORDS, 1));
console.log(`${RECORDS} records of ${Math.round(statSync(plain).size / RECORDS)} bytes`);
await reader.run('SELECT 1');
await writer.run('SELECT 1');

const types = `{id: 'BIGINT', customer: 'VARCHAR', city: 'VARCHAR', note: 'VARCHAR', amount: 'DECIMAL(12,2)', ratio: 'DOUBLE', paid: 'BOOLEAN', day: 'DATE', "at": 'TIMESTAMPTZ', items: 'BIGINT', channel: 'VARCHAR', comment: 'VARCHAR'}`;
let started = performance.now();
await writer.run(
  `COPY (SELECT * FROM read_json('${plain}', format = 'newline_delimited', columns = ${types})) TO '${folder}/plain.parquet' (FORMAT parquet, COMPRESSION snappy)`,
);
const plainMs = performance.now() - started;
started = performance.now();
await store.flush(STREAM);
const flushMs = performance.now() - started;
console.log(`engine alone, NDJSON to Parquet    ${rate(RECORDS, plainMs)}`);
console.log(
  `flush to history and state runs    ${rate(RECORDS, flushMs)}   ratio ${(plainMs / flushMs).toFixed(2)}`,
);

await push(RECORDS, LOOKUP_KEYS - RECORDS, 2);
await store.flush(STREAM);
await store.maintain();
const head = journal.head(STREAM);
console.log('runs', JSON.stringify(store.stats(STREAM)));

async function lookUps(seconds: number): Promise<{ count: number; p99: number }> {
  const random = seededRandom(3);
  const times: number[] = [];
  const until = performance.now() + seconds * 1_000;
  const client = async () => {
    while (performance.now() < until) {
      const id = String(integerBetween(random, 0, LOOKUP_KEYS - 1));
      const begun = performance.now();
      const row = await store.row(STREAM, 'orders', head, [id]);
      if (!row?.startsWith(`{"id":${id},`)) throw new Error(`The look-up of ${id} gave ${row}`);
      times.push(performance.now() - begun);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  times.sort((a, b) => a - b);
  return { count: times.length, p99: times[Math.floor(times.length * 0.99)] ?? 0 };
}

const begun = performance.now();
for (let round = 1; ; round++) {
  const { count, p99 } = await lookUps(LOOKUP_SECONDS);
  console.log(
    `look-ups, ${round * LOOKUP_SECONDS} s after the first   ${rate(count, LOOKUP_SECONDS * 1_000)}   p99 ${p99.toFixed(2)} ms`,
  );
  if (count / LOOKUP_SECONDS > VIEW_LOOKUPS_MIN || performance.now() - begun > VIEW_BUILD_MS_MAX) break;
}
console.log(`memory ${Math.round(process.memoryUsage().rss / 1e6)} MB here`);

started = performance.now();
for (let i = 0; i < 100; i++) {
  const body = Buffer.from(
    Array.from({ length: 10 }, (_, j) => `${line(i * 10 + j, seededRandom(i))}\n`).join(''),
  );
  await journal.commit({ appends: [{ stream: STREAM, dataset: 'orders', count: 10, body }] });
  await store.row(STREAM, 'orders', journal.head(STREAM), ['5']);
}
console.log(`push 10, look one up at the new head  ${((performance.now() - started) / 100).toFixed(1)} ms`);
started = performance.now();
for (let i = 0; i < 50; i++) {
  const body = Buffer.from(
    Array.from({ length: 10 }, (_, j) => `${line(i * 10 + j, seededRandom(i))}\n`).join(''),
  );
  await journal.commit({ appends: [{ stream: STREAM, dataset: 'orders', count: 10, body }] });
  const filter = { op: 'eq', field: 'id', value: '77' } as const;
  await store.rows(STREAM, 'orders', journal.head(STREAM), { order: [], limit: 10, filter });
}
console.log(`push 10, read rows at the new head    ${((performance.now() - started) / 50).toFixed(1)} ms`);

await store.close();
await journal.close();
await writer.close();
await reader.close();
rmSync(folder, { recursive: true, force: true });
