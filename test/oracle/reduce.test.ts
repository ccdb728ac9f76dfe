/**
 * Products in the mode `reduce` against plain JavaScript over all records that were ever given: random batches, flushes and restarts in
 * between, and a transform that is changed on the way.
 */

import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { integerBetween, oneOf, type Random, seededRandom } from '../../src/base/random.ts';
import { startWorkers, type Workers } from '../../src/runtime/start-workers.ts';
import { itemsSpec } from '../support/mesh-folder.ts';
import { SEED } from '../support/seed.ts';
import { checkedMesh, ServedMesh } from './served-mesh.ts';

const ROUNDS = 8;
const AIRPORTS = ['DFW', 'JFK', 'ORD', 'SFO'];

interface Event {
  readonly airport: string;
  readonly delay: number | null;
  readonly tag: string;
}

const EVENTS = itemsSpec(`inputs: { source: { from: push } }
key: none
fields: { airport: { type: string, required: true }, delay: integer, tag: string }
`).replace('test.items', 'test.events');

/** One row a record, put together by every reduction. */
function trail(least: number): string {
  return itemsSpec(`inputs: { events: test.events@1 }
transform:
  mode: reduce
  sql: >
    select airport, 1 as seen, position as since, position as latest, delay as least, delay as most, tag as newest, [tag] as tags,
    [tag] as kinds, {'last_tag': tag, 'delay': delay} as facts
    from changes(events) where op = 'upsert' and time is not null and coalesce(delay, 0) >= ${least}
key: [airport]
fields:
  airport: { type: string, required: true }
  seen: { type: integer, reduce: sum }
  since: { type: integer, reduce: first }
  latest: integer
  least: { type: integer, reduce: min }
  most: { type: integer, reduce: max }
  newest: string
  tags: { type: array, items: string, reduce: append }
  kinds: { type: array, items: string, reduce: set }
  facts: { type: object, fields: { last_tag: string, delay: integer }, reduce: merge }
`).replace('test.items', 'test.trail');
}

const TOTALS = itemsSpec(`inputs: { events: test.events@1 }
transform:
  mode: reduce
  sql: select airport, count(*) as events, sum(delay) as delay, max(delay) as worst from changes(events) group by airport
key: [airport]
fields:
  airport: { type: string, required: true }
  events: { type: integer, reduce: sum }
  delay: { type: integer, reduce: sum }
  worst: { type: integer, reduce: max }
`).replace('test.items', 'test.totals');

/** Reads a reduced product as any other: what came of an update must be taken back. */
const RANKS = itemsSpec(`inputs: { totals: test.totals@1 }
transform: { sql: "select events, count(*) as airports from totals group by events" }
key: [events]
fields: { events: { type: integer, required: true }, airports: integer }
`).replace('test.items', 'test.ranks');

function meshOf(least: number) {
  return checkedMesh({
    'mesh.yaml': 'mesh: test\n',
    'events.product.yaml': EVENTS,
    'totals.product.yaml': TOTALS,
    'trail.product.yaml': trail(least),
    'ranks.product.yaml': RANKS,
  });
}

const numbers = (events: readonly Event[]) => events.flatMap(({ delay }) => (delay === null ? [] : [delay]));
const orNull = (values: readonly number[], of: (values: readonly number[]) => number) =>
  values.length === 0 ? null : of(values);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

function expectedTotals(events: readonly Event[]): unknown[] {
  return byAirport(events).map(([airport, of]) => ({
    airport,
    events: of.length,
    delay: orNull(numbers(of), sum),
    worst: orNull(numbers(of), (all) => Math.max(...all)),
  }));
}

function expectedTrail(events: readonly Event[], least: number): unknown[] {
  const seen = events.map((event, i) => ({ ...event, position: i + 1 }));
  return byAirport(seen.filter(({ delay }) => (delay ?? 0) >= least)).map(([airport, of]) => ({
    airport,
    seen: of.length,
    since: of[0]?.position,
    latest: of.at(-1)?.position,
    least: orNull(numbers(of), (all) => Math.min(...all)),
    most: orNull(numbers(of), (all) => Math.max(...all)),
    newest: of.at(-1)?.tag,
    tags: of.map(({ tag }) => tag),
    kinds: [...new Set(of.map(({ tag }) => tag))].sort(),
    facts: { last_tag: of.at(-1)?.tag, delay: numbers(of).at(-1) ?? null },
  }));
}

function byAirport<E extends Event>(events: readonly E[]): [string, E[]][] {
  return AIRPORTS.flatMap((airport): [string, E[]][] => {
    const of = events.filter((event) => event.airport === airport);
    return of.length === 0 ? [] : [[airport, of]];
  });
}

function randomEvents(random: Random): Event[] {
  return Array.from({ length: integerBetween(random, 1, 12) }, () => ({
    airport: oneOf(random, AIRPORTS),
    delay: random.next() < 0.3 ? null : integerBetween(random, -20, 90),
    tag: oneOf(random, ['a', 'b', 'c', 'd']),
  }));
}

/** Rows as served carry numbers as texts, `#12`. */
const plain = (_: string, value: unknown) =>
  typeof value === 'string' && value.startsWith('#') ? Number(value.slice(1)) : value;
const sorted = (rows: readonly unknown[]) =>
  JSON.parse(JSON.stringify(rows), plain).sort((a: Event, b: Event) => a.airport.localeCompare(b.airport));

describe('a product that reduces the records of its input', () => {
  const seed = SEED;
  let workers: Workers;

  beforeAll(async () => {
    workers = startWorkers(await mkdtemp(path.join(os.tmpdir(), 'wharf-reduce-')), silentLog);
  });
  afterAll(async () => {
    await Promise.all([workers.engine.close(), workers.reader.close(), workers.pool.close()]);
  });

  it(`adds up each record once, whatever happens in between (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const folder = await mkdtemp(path.join(os.tmpdir(), 'wharf-reduce-'));
    let least = -100;
    const served = await ServedMesh.open(meshOf(least), folder, workers);

    const events: Event[] = [];
    try {
      for (let round = 0; round < ROUNDS; round++) {
        for (let pushes = integerBetween(random, 1, 3); pushes > 0; pushes--) {
          const given = randomEvents(random);
          events.push(...given);
          await served.push('events', { op: 'upsert', records: given.map((event) => JSON.stringify(event)) });
        }
        if (random.next() < 0.3) await served.flush(oneOf(random, ['events', 'totals', 'trail']));
        if (round === ROUNDS / 2) least = 0;
        if (round === ROUNDS / 2 || random.next() < 0.3) await served.restart(meshOf(least));
        await served.settle();
        expect(sorted(await served.rows('totals'))).toEqual(sorted(expectedTotals(events)));
        expect(sorted(await served.rows('trail'))).toEqual(sorted(expectedTrail(events, least)));
        for (const name of ['totals', 'trail', 'ranks']) expect(await served.wrongRows(name)).toBe(0);
      }
      // What was added is journaled as it was given, a row for each group of a cycle, not the sums so far.
      const records = await served.records('totals');
      const added = records.map(({ document }) => (JSON.parse(document) as { events: number }).events);
      expect(sum(added)).toBe(events.length);
    } finally {
      await served.close();
    }
  });
});
