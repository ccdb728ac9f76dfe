/**
 * One new record, three products deep: from the push to the stream of the last of three products that are derived from each other, 100
 * records a second at a constant rate; the clock of a record starts when it was due. Baseline: the same push and the stream of the
 * product that is pushed to, with nothing derived.
 *
 *     node scripts/bench.mjs derive-latency [seconds]
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { WharfProcess } from '../test/support/wharf-process.ts';
import { percentile, sleep, writeMesh } from './support/measure.ts';

const RATE = 100;
const WAIT_MS = 15_000;
const seconds = Number(process.argv[2] ?? 20);
const total = RATE * seconds;

const product = (name: string, how: string) => `product: bench.${name}
version: 1.0.0
status: active
owner: bench
alignment: source
tier: silver
purpose: To be measured.
${how}
key: [id]
fields:
  id: { type: integer, required: true }
  n: { type: integer, required: true }
access:
  - { allow: [anyone] }
`;

const from = (input: string, sql: string) =>
  `inputs: { ${input}: bench.${input}@1 }\ntransform:\n  sql: ${sql}`;

const MESH = new Map([
  ['mesh.yaml', 'mesh: bench\n'],
  ['first.product.yaml', product('raw', 'inputs: { source: { from: push } }')],
]);
const CHAIN = new Map([
  ...MESH,
  ['second.product.yaml', product('doubled', from('raw', 'select id, n * 2 as n from raw'))],
  [
    'third.product.yaml',
    product('summed', from('doubled', 'select id, sum(n) as n from doubled group by id')),
  ],
  ['fourth.product.yaml', product('shown', from('summed', 'select id, n + 1 as n from summed where n >= 0'))],
]);

/** Milliseconds of each record from when it was due to when the stream of the product gave it. */
async function measure(wharf: WharfProcess, last: string): Promise<number[]> {
  const dueMs = new Map<number, number>();
  const latencies: number[] = [];
  const stop = new AbortController();
  const stream = await fetch(`${wharf.url}/p/bench.${last}/v1/stream?from=latest`, { signal: stop.signal });
  const reading = (async () => {
    let rest = '';
    for await (const chunk of stream.body ?? []) {
      rest += Buffer.from(chunk as Uint8Array).toString();
      const events = rest.split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) {
        const id = /"document":\{"id":(\d+)/.exec(event)?.[1];
        const due = id === undefined ? undefined : dueMs.get(Number(id));
        if (due !== undefined) latencies.push(performance.now() - due);
      }
      if (latencies.length >= total) return;
    }
  })();
  const started = performance.now();
  const pushes: Promise<void>[] = [];
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - started) * RATE) / 1_000));
    for (; sent < due; sent++) {
      dueMs.set(sent + 1, started + (sent * 1_000) / RATE);
      pushes.push(push(wharf, sent + 1));
    }
    await sleep(1);
  }
  await Promise.all(pushes);
  await Promise.race([reading, sleep(WAIT_MS)]);
  stop.abort();
  // The stream that was just cut off.
  await reading.catch(() => undefined);
  return latencies;
}

async function push(wharf: WharfProcess, id: number): Promise<void> {
  const response = await fetch(`${wharf.url}/p/bench.raw/v1/inputs/source`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ id, n: id % 7 }),
  });
  if (!response.ok) throw new Error(`push answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}

async function run(files: ReadonlyMap<string, string>, last: string): Promise<number[]> {
  const mesh = await writeMesh(files);
  const wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
  try {
    await wharf.untilReady();
    return await measure(wharf, last);
  } finally {
    await wharf.stop();
    await rm(mesh, { recursive: true });
  }
}

const text = (values: readonly number[]) =>
  `${[0.5, 0.99].map((share) => `p${share * 100} ${percentile(values, share).toFixed(1)} ms`).join(', ')}; ${values.length} of ${total} came`;
const baseline = await run(MESH, 'raw');
const ours = await run(CHAIN, 'shown');
console.log(
  `push to the stream of the third derived product, ${RATE} records/s for ${seconds} s: ${text(ours)} (wanted p99 <= 250 ms)`,
);
console.log(
  `baseline, the stream of the product itself: ${text(baseline)}; ratio of p99 ${(percentile(ours, 0.99) / percentile(baseline, 0.99)).toFixed(1)}`,
);
