/**
 * The process is killed while it brings derived products up to date, at named points and at random times, and started again on the
 * same data, until all batches are in.
 *
 * Batches are given one at a time, each once all products have come to rest. So an undisturbed run has one journal for each product, and
 * every other run must end with the same: record by record, at the same positions, whatever was cut off.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { integerBetween, type Random, seededRandom } from '../../src/base/random.ts';
import { itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { SEED } from '../support/seed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { WharfProcess } from '../support/wharf-process.ts';

const derived = (name: string, input: string, sql: string, rest: string) =>
  itemsSpec(`inputs: { ${input}: test.${input}@1 }\ntransform:\n  sql: ${sql}\n${rest}`).replace(
    'test.items',
    `test.${name}`,
  );

/** Kept by rekey, by merge, by reduce, by refresh, and from another derived product; the last one needs several commits. */
const MESH = {
  'items.product.yaml': itemsSpec(
    'inputs: { source: { from: push } }\nkey: [id]\nfields:\n  id: integer\n  name: string\n  n: integer\n',
  ),
  'events.product.yaml': itemsSpec(
    'inputs: { source: { from: push } }\nkey: none\nfields:\n  name: string\n  n: integer\n',
  ).replace('test.items', 'test.events'),
  'shelves.product.yaml': itemsSpec(
    'inputs: { source: { from: push } }\nkey: [id]\nfields:\n  id: integer\n',
  ).replace('test.items', 'test.shelves'),
  'sums.product.yaml': derived(
    'sums',
    'items',
    'select name, sum(n) as n from items group by name',
    'key: [name]\nfields:\n  name: string\n  n: integer\n',
  ),
  'counts.product.yaml': derived(
    'counts',
    'events',
    'select name, count(*) as n from events group by name',
    'key: [name]\nfields:\n  name: string\n  n: integer\n',
  ),
  'totals.product.yaml': derived(
    'totals',
    'events',
    'select name, n, 1 as seen from changes(events)\n  mode: reduce',
    'key: [name]\nfields:\n  name: string\n  n: { type: integer, reduce: sum }\n  seen: { type: integer, reduce: sum }\n',
  ),
  'ranks.product.yaml': derived(
    'ranks',
    'sums',
    'select row_number() over (order by n desc, name) as rank, name from sums',
    'key: [rank]\nfields:\n  rank: integer\n  name: string\n',
  ),
  'pages.product.yaml': derived(
    'pages',
    'shelves',
    `"select id, repeat('-', 1000000) as text from shelves"`,
    'key: [id]\nfields:\n  id: integer\n  text: string\n',
  ),
};
const DERIVED = ['sums', 'counts', 'totals', 'ranks', 'pages'] as const;
const BATCHES = 5;
const PATIENCE_MS = 120_000;
const RANDOM_KILLS = 2;
const POINTS = ['derive.before-commit', 'derive.between-commits', 'derive.after-commit'];

interface Batch {
  readonly product: 'items' | 'events' | 'shelves';
  readonly op: 'upsert' | 'delete';
  readonly records: readonly object[];
}

/** The first batch gives `pages` more than fits into one commit. */
function batchesOf(random: Random): Batch[] {
  const name = () => 'abcd'[integerBetween(random, 0, 3)];
  const n = () => integerBetween(random, 1, 9);
  const shelves = Array.from({ length: 18 }, (_, i) => ({ id: i + 1 }));
  const items = Array.from({ length: 8 }, (_, i) => ({ id: i + 1, name: name(), n: n() }));
  const batches: Batch[] = [
    { product: 'shelves', op: 'upsert', records: shelves },
    { product: 'items', op: 'upsert', records: items },
  ];
  while (batches.length < BATCHES) {
    batches.push({ product: 'events', op: 'upsert', records: [{ name: name(), n: n() }] });
    const id = integerBetween(random, 1, 8);
    if (random.next() < 0.4) batches.push({ product: 'items', op: 'delete', records: [{ id }] });
    else batches.push({ product: 'items', op: 'upsert', records: [{ id, name: name(), n: n() }] });
  }
  return batches;
}

/** One life of the process; false when it ended before all batches were in and at rest. */
async function live(wharf: WharfProcess, batches: readonly Batch[]): Promise<boolean> {
  try {
    await wharf.untilReady(PATIENCE_MS);
    for (const [i, { product, op, records }] of batches.entries()) {
      const response = await fetch(`${wharf.url}/p/test.${product}/v1/inputs/source?op=${op}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': `batch-${i}` },
        body: JSON.stringify(records),
      });
      if (!response.ok) throw new Error(`push answered ${response.status}: ${await response.text()}`);
      await wharf.untilReady(PATIENCE_MS);
    }
    return true;
  } catch (error) {
    // A connection that broke because the process was killed; anything else is a finding.
    if (!(error instanceof TypeError)) throw error;
    return false;
  }
}

interface Life {
  /** A crash point and at which pass it kills, or milliseconds. */
  readonly end: string | number | undefined;
}

/** Lets the process live and die as told, then once more until all is done and verified; gives all journals. */
async function run(mesh: string, data: string, batches: readonly Batch[], lives: readonly Life[]) {
  let kills = 0;
  for (const { end } of [...lives, { end: undefined }]) {
    const env = typeof end === 'string' ? { WHARF_CRASH_AT: end } : {};
    let wharf: WharfProcess;
    try {
      wharf = await WharfProcess.start({ mesh, data, env });
    } catch (error) {
      if (typeof end !== 'string') throw error;
      kills += 1;
      continue;
    }
    const timer = typeof end === 'number' ? setTimeout(() => wharf.kill(), end) : undefined;
    try {
      const done = await live(wharf, batches);
      if (!done) kills += 1;
      if (end !== undefined) continue;
      expect(done).toBe(true);
      const journals = await journalsOf(wharf);
      for (const product of DERIVED) {
        const { ok } = await wharf.post<{ ok: boolean }>(`/p/test.${product}/v1/verify`);
        expect({ product, ok }).toEqual({ product, ok: true });
      }
      await wharf.stop();
      return { journals, kills };
    } finally {
      clearTimeout(timer);
      await wharf.kill();
    }
  }
  throw new Error('Invariant broken: the last life has no end');
}

/** What consumers get from a stream that starts at the beginning, without the times. */
async function journalsOf(wharf: WharfProcess): Promise<Record<string, string[]>> {
  const journals: Record<string, string[]> = {};
  for (const product of DERIVED) {
    const { position } = await wharf.get<{ position: number }>(`/p/test.${product}/v1/rows?limit=1`);
    journals[product] = await recordsOf(`${wharf.url}/p/test.${product}/v1/stream?from=earliest`, position);
  }
  return journals;
}

async function recordsOf(url: string, last: number): Promise<string[]> {
  const records: string[] = [];
  const response = await fetch(url);
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body ?? []) {
    rest += decoder.decode(chunk as Uint8Array, { stream: true });
    const events = rest.split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const data = /^data: ?(.*)$/m.exec(event)?.[1];
      if (data === undefined) continue;
      const { position, op, key, document } = JSON.parse(data) as Record<string, unknown>;
      records.push(JSON.stringify({ position, op, key, document }));
      if (position === last) return records;
    }
  }
  throw new Error(`the stream ended before position ${last}`);
}

describe('a kill at any moment of keeping derived products up to date', () => {
  const seed = SEED;
  const batches = batchesOf(seededRandom(seed));
  let mesh: string;
  let undisturbed: Record<string, string[]>;

  beforeAll(async () => {
    mesh = await meshFolder(MESH);
    const { journals } = await run(mesh, await temporaryFolder('derive-undisturbed'), batches, []);
    undisturbed = journals;
  });

  afterAll(() => console.log(`seed ${seed}`));

  it(`at each point of it, and at random times, ends in the journal of an undisturbed run (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const ends: (string | number)[] = [...POINTS.map((point) => `${point}:1`), `${POINTS[0]}:2`];
    for (let i = 0; i < RANDOM_KILLS; i++) ends.push(integerBetween(random, 100, 2_500));
    const lives = ends.map((end) => ({ end }));
    const { journals, kills } = await run(mesh, await temporaryFolder('derive-crash'), batches, lives);
    for (const product of DERIVED)
      expect(journals[product]?.map(shortened)).toEqual(undisturbed[product]?.map(shortened));
    expect(kills).toBeGreaterThanOrEqual(POINTS.length);
  });
});

/** Documents of a million letters are told apart by their first ones and their length. */
function shortened(record: string): string {
  return record.length > 300 ? `${record.slice(0, 200)}... ${record.length}` : record;
}
