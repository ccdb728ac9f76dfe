/**
 * What checks cost: a product of many rows with a gate and 20 checks, pushed to in batches of 10,000; and how soon a batch that fails is
 * known to. Baseline in the same run: the same pushes to the same product without a check. The time of the processor until all is
 * checked says what checks cost where other programs run, too.
 *
 *     node scripts/bench.mjs checks [records]
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { integerBetween, seededRandom } from '../src/base/random.ts';
import { WharfProcess } from '../test/support/wharf-process.ts';
import { cpuSeconds } from './support/cpu.ts';
import { pushLines } from './support/derived.ts';
import { count, median, timed, writeMesh } from './support/measure.ts';

const records = Number(process.argv[2] ?? 5_000_000);
const BATCH = 10_000;
/** Batches of a round. */
const MEASURED = 60;
const ROUNDS = 6;
/** Batches that fail. */
const FAILURES = 15;
const POLL_MS = 5;

const CHECKS = `gate: true
checks:
  - rows: { min: 1 }
  - unique: code
  - nulls: { field: name, max: 1% }
  - values: { field: kind, in: [a, b, c] }
  - pattern: { field: name, matches: "^n" }
  - sql: select count(*) from {table} where price < 0
    name: not-negative
  - sql: select count(*) from {table} where weight > 100
  - fresh: 1h
  - volume: { window: 1d, change: 50% }
  - distribution: { field: price, window: 1d, change: 50% }
`;

const spec = (checks: string) => `product: shop.items
version: 1.0.0
owner: shop
purpose: To be checked.
inputs: { source: { from: push } }
key: [id]
fields:
  id: { type: integer, required: true, min: 0 }
  code: { type: string, required: true, length: { max: 20 } }
  name: { type: string, required: true, length: { max: 40 } }
  kind: { type: string, required: true }
  price: { type: integer, required: true, max: 1000 }
  weight: { type: number, min: 0 }
access: [{ allow: [anyone] }]
${checks}`;

type Server = Awaited<ReturnType<typeof open>>;

/** Serves the product, and fills it. */
async function open(checks: string) {
  const random = seededRandom(20_261_121);
  const mesh = await writeMesh(
    new Map([
      ['mesh.yaml', 'mesh: bench\n'],
      ['items.product.yaml', spec(checks)],
    ]),
  );
  const wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
  const push = (lines: readonly string[]) =>
    pushLines(`${wharf.url}/p/shop.items/v1/inputs/source`, [...lines]);
  const line = (id: number, price = integerBetween(random, 0, 999)) =>
    `{"id":${id},"code":"c${id}","name":"n${id % 1_000}","kind":"${'abc'[id % 3]}","price":${price},"weight":${(id % 1_000) / 10}}`;
  const batch = (number: number) => Array.from({ length: BATCH }, (_, i) => line(number * BATCH + i));
  const filled = Math.floor(records / BATCH);
  for (let number = 0; number < filled; number++) await push(batch(number));
  await untilChecked(wharf);
  const close = async () => {
    await wharf.stop();
    await rm(mesh, { recursive: true });
  };
  const spoil = () => push([line(1, -1)]);
  const mend = () => push([line(1)]);
  return { wharf, push, batch, spoil, mend, close, next: filled, ms: 0, cpuSeconds: 0 };
}

/** Pushes the next batches, and adds up how long that took and what it cost until all is checked. */
async function measure(server: Server): Promise<void> {
  const { wharf, push, batch } = server;
  const bodies = Array.from({ length: MEASURED }, (_, i) => batch(server.next + i));
  server.next += MEASURED;
  const before = cpuSeconds(wharf.pid);
  const { ms } = await timed(async () => {
    for (const body of bodies) await push(body);
  });
  await untilChecked(wharf);
  server.ms += ms;
  server.cpuSeconds += cpuSeconds(wharf.pid) - before;
}

interface Quality {
  readonly position: number;
  readonly journaled: number;
  readonly heldAt: number | null;
}

async function untilChecked(wharf: WharfProcess): Promise<void> {
  for (;;) {
    const { position, journaled } = await wharf.get<Quality>('/p/shop.items/v1/quality');
    if (position === journaled) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function untilHeld(wharf: WharfProcess, isHeld: boolean): Promise<void> {
  while (((await wharf.get<Quality>('/p/shop.items/v1/quality')).heldAt !== null) !== isHeld)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

/** From a push that fails a check until that is known, several times: some of them meet a state that is just being written. */
async function heldMs({ wharf, spoil, mend }: Server): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let i = 0; i < FAILURES; i++) {
    const { ms } = await timed(async () => {
      await spoil();
      await untilHeld(wharf, true);
    });
    samples.push(ms);
    await mend();
    await untilHeld(wharf, false);
  }
  return samples;
}

const RECORDS = ROUNDS * MEASURED * BATCH;
const plain = await open('');
const checked = await open(CHECKS);
let held: readonly number[] = [];
try {
  // In turns, so that a machine that is busy for a while is so for both.
  for (let round = 0; round < ROUNDS; round++) {
    await measure(plain);
    await measure(checked);
  }
  held = await heldMs(checked);
} finally {
  await plain.close();
  await checked.close();
}
const perSecond = ({ ms }: Server) => (RECORDS * 1_000) / ms;
const micros = (server: Server) => (server.cpuSeconds * 1e6) / RECORDS;
const cost = 100 * (1 - perSecond(checked) / perSecond(plain));
console.log(
  `${count(records)} rows, batches of ${count(BATCH)}: ${count(perSecond(checked))} records/s with 20 checks, ${count(perSecond(plain))} without; they cost ${cost.toFixed(1)}% (wanted at most 10%)`,
);
console.log(
  `${micros(checked).toFixed(2)} µs of the processor a record with checks, ${micros(plain).toFixed(2)} without: ${(100 * (micros(checked) / micros(plain) - 1)).toFixed(1)}% more`,
);
console.log(
  `a batch that fails is known to after ${median(held).toFixed(0)} ms, the worst of ${FAILURES} after ${Math.max(...held).toFixed(0)} (wanted at most 1,000 ms)`,
);
