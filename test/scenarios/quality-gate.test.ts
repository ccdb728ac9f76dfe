/**
 * Random bad batches among good ones, with kills in between: whatever a port gives, and whatever is derived from it, passed the checks;
 * and once the data is corrected, everything that was acknowledged is served. The model shares no code with the gate.
 */
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { integerBetween, oneOf, type Random, seededRandom } from '../../src/base/random.ts';
import { eventually, itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { SEED } from '../support/seed.ts';
import { WharfProcess } from '../support/wharf-process.ts';

const ROUNDS = 7;
const BATCHES = 6;
const IDS = 40;

const ITEMS = itemsSpec(`gate: true
inputs:
  source: { from: push }
key: [id]
fields:
  id: { type: integer, required: true }
  price: { type: integer, required: true }
checks:
  - sql: select count(*) from {table} where price < 0
`);
const DERIVED = `product: test.derived
version: 1.0.0
owner: test
purpose: To see what is published.
inputs: { items: test.items@1 }
transform: { sql: "select id, price from items" }
key: [id]
fields:
  id: { type: integer, required: true }
  price: { type: integer, required: true }
access:
  - { allow: [anyone] }
`;

interface Item {
  readonly id: number;
  readonly price: number;
}
const CRASH_POINTS = [
  'check.before-commit:2',
  'check.after-commit:2',
  'check.after-commit:4',
  undefined,
  undefined,
];

describe('the gate', () => {
  let wharf: WharfProcess | undefined;
  afterEach(async () => wharf?.kill());

  const read = async (target: string): Promise<Response | undefined> =>
    fetch(`${wharf?.url}${target}`).catch(() => undefined);

  /** The rows of an answer; undefined when the process died meanwhile. */
  const rowsAt = async (target: string): Promise<readonly Item[] | undefined> => {
    const response = await read(target);
    const text = response?.ok ? await response.text().catch(() => undefined) : undefined;
    if (text === undefined) return undefined;
    if (target.includes('.ndjson'))
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Item);
    return (JSON.parse(text) as { rows: Item[] }).rows;
  };

  const push = async (records: readonly Item[], key: string): Promise<boolean> => {
    const response = await fetch(`${wharf?.url}/p/test.items/v1/inputs/source`, {
      method: 'POST',
      body: JSON.stringify(records),
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
    }).catch(() => undefined);
    return response?.ok ?? false;
  };

  const batch = (random: Random, isBad: boolean): Item[] =>
    Array.from({ length: integerBetween(random, 1, 6) }, (_, i) => ({
      id: integerBetween(random, 1, IDS),
      price: isBad && i === 0 ? -1 : integerBetween(random, 0, 99),
    }));

  it(`never shows what failed, and loses nothing (seed ${SEED})`, async () => {
    const random = seededRandom(SEED);
    const mesh = await meshFolder({ 'items.product.yaml': ITEMS, 'derived.product.yaml': DERIVED });
    const data = path.join(mesh, '.wharf');
    const model = new Map<number, number>();
    const seen = { answers: 0, held: 0 };

    const look = async () => {
      const at = integerBetween(random, 0, 200);
      const targets = [
        '/p/test.items/v1/rows?limit=1000',
        `/p/test.items/v1/rows?limit=1000&at=${at}`,
        `/p/test.items/v1/files/items.ndjson?at=${at}`,
        '/p/test.derived/v1/rows?limit=1000',
      ];
      for (const target of targets) {
        const rows = await rowsAt(target);
        if (!rows) continue;
        seen.answers += 1;
        expect(
          rows.filter(({ price }) => price < 0),
          `${target}, seed ${SEED}`,
        ).toEqual([]);
      }
      const warning = (await read('/p/test.items/v1/rows?limit=1'))?.headers.get('Warning');
      if (warning) seen.held += 1;
    };
    const start = async (crashAt?: string) => {
      const env = crashAt ? { env: { WHARF_CRASH_AT: crashAt } } : {};
      wharf = await WharfProcess.start({ mesh, data, ...env });
    };
    /** Until it is acknowledged, over as many processes as that takes. */
    const deliver = async (records: readonly Item[], key: string) => {
      while (!(await push(records, key))) {
        await wharf?.kill();
        await start();
      }
      for (const { id, price } of records) model.set(id, price);
    };
    const mend = async (key: string) => {
      const bad = [...model].filter(([, price]) => price < 0).map(([id]) => ({ id, price: 7 }));
      if (bad.length > 0) await deliver(bad, key);
    };

    for (let round = 0; round < ROUNDS; round++) {
      await start(oneOf(random, CRASH_POINTS));
      for (let i = 0; i < BATCHES; i++) {
        await deliver(batch(random, random.next() < 0.35), `${round}-${i}`);
        await look();
        if (random.next() < 0.4) await mend(`${round}-${i}-mend`);
        await look();
      }
      await wharf?.kill();
    }

    await start();
    await mend('last');
    const served = () => rowsAt('/p/test.items/v1/rows?limit=1000&order=id');
    const expected = [...model].sort(([a], [b]) => a - b).map(([id, price]) => ({ id, price }));
    const isRight = (rows: readonly Item[] | undefined) => JSON.stringify(rows) === JSON.stringify(expected);
    expect(await eventually(served, isRight)).toEqual(expected);
    const derived = () => rowsAt('/p/test.derived/v1/rows?limit=1000&order=id');
    expect(await eventually(derived, isRight)).toEqual(expected);
    await look();
    expect(seen.answers).toBeGreaterThan(ROUNDS * BATCHES);
    expect(seen.held).toBeGreaterThan(0);
  });
});
