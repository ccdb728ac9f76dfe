import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEED } from '../../test/support/seed.ts';
import { integerBetween, oneOf, type Random, seededRandom } from '../base/random.ts';
import type { Dataset } from '../schema/field.ts';
import type { StreamSchema } from './store.ts';
import { TestEngines, type TestRecord, TestStore } from './test-store.ts';

const STREAM = 'shop.orders@1/source';

const LAST: Dataset = {
  name: 'last',
  key: ['id'],
  extra: 'refuse',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'n', type: 'integer' },
    { name: 'at', type: 'timestamp' },
  ],
};
const SUMS: Dataset = {
  name: 'sums',
  key: ['a', 'b'],
  extra: 'refuse',
  fields: [
    { name: 'a', type: 'integer' },
    { name: 'b', type: 'string' },
    { name: 'total', type: 'integer', reduce: 'sum' },
    { name: 'first', type: 'integer', reduce: 'first' },
    { name: 'all', type: 'array', items: { name: 'items', type: 'integer' }, reduce: 'append' },
    { name: 'doc', type: 'json', reduce: 'merge' },
  ],
};
const WHOLE: Dataset = {
  name: 'whole',
  key: 'row',
  extra: 'refuse',
  fields: [
    { name: 'x', type: 'integer' },
    { name: 'y', type: 'string' },
  ],
};
const LOG: Dataset = { name: 'log', key: 'none', extra: 'refuse', fields: [{ name: 'v', type: 'integer' }] };
const SCHEMA: StreamSchema = { stream: STREAM, datasets: [LAST, SUMS, WHOLE, LOG], historyMs: undefined };

type Row = Record<string, unknown>;

/** The state after the records, by replaying them one by one. */
function replay(dataset: string, records: readonly TestRecord[]): Row[] {
  const own = records.filter((record) => record.dataset === dataset);
  if (dataset === 'log') return own.map((record) => ({ ...record.document }));
  const state = new Map<string, Row>();
  for (const { document, op } of own) {
    const key = JSON.stringify(keyOf(dataset, document));
    const older = state.get(key);
    state.delete(key);
    if (op !== 'delete') state.set(key, dataset === 'sums' ? added(older, document) : { ...document });
  }
  return [...state.values()];
}

function keyOf(dataset: string, document: Row): unknown[] {
  if (dataset === 'last') return [document.id];
  return dataset === 'sums' ? [document.a, document.b] : [document.x, document.y];
}

function added(older: Row | undefined, newer: Row): Row {
  const doc = JSON.parse(String(newer.doc)) as Row;
  const start = { total: newer.total, first: newer.first, all: newer.all };
  const row = older
    ? {
        total: Number(older.total) + Number(newer.total),
        first: older.first,
        all: [...(older.all as number[]), ...(newer.all as number[])],
      }
    : start;
  const merged: Row = { ...(older?.doc as Row | undefined) };
  for (const [name, value] of Object.entries(doc)) {
    if (value === null) delete merged[name];
    else merged[name] = value;
  }
  return { a: newer.a, b: newer.b, ...row, doc: merged };
}

function sorted(rows: readonly unknown[]): string[] {
  const canonical = (value: unknown): unknown =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([k, v]) => [k, canonical(v)]),
        )
      : value;
  return rows.map((row) => JSON.stringify(canonical(row))).sort();
}

function randomRecord(random: Random): TestRecord {
  const dataset = oneOf(random, ['last', 'sums', 'whole', 'log']);
  const op = dataset !== 'log' && random.next() < 0.2 ? 'delete' : 'upsert';
  const small = () => integerBetween(random, 0, 5);
  if (dataset === 'log') return { dataset, document: { v: small() }, op };
  if (dataset === 'whole')
    return { dataset, document: { x: small() < 2 ? null : small(), y: oneOf(random, ['p', 'q']) }, op };
  if (dataset === 'last') {
    const n = random.next() < 0.3 ? null : small();
    return { dataset, document: { id: `k${small()}`, n, at: '2001-01-31T22:27:00Z' }, op };
  }
  const doc = JSON.stringify({ [oneOf(random, ['p', 'q'])]: random.next() < 0.3 ? null : small() });
  return {
    dataset,
    document: {
      a: small() % 3,
      b: oneOf(random, ['x', 'y']),
      total: small(),
      first: small(),
      all: [small()],
      doc,
    },
    op,
  };
}

describe('the store', () => {
  let engines: TestEngines;
  beforeAll(async () => {
    engines = await TestEngines.start();
  });
  afterAll(() => engines.close());

  it('shows at every position what replaying the records shows, whatever was flushed, merged or restarted', async () => {
    const seed = SEED;
    const random = seededRandom(seed);
    const limits = {
      mergeFanIn: 2,
      runsMax: 6,
      tailRunsMax: 3,
      flushAgeMs: 500,
      flushSmallBytes: 0,
      deltaRowsMin: 4,
      baseShareBusy: 4,
      idleMs: 1_500,
      baseRowsCheap: 0,
      baseRowsBusy: 20,
      keyViewAfterLookups: 3,
      keyViewSliceRows: 2,
    };
    const test = await TestStore.open(engines, [SCHEMA], { limits });
    const sent: TestRecord[] = [];
    const check = async (position: number) => {
      for (const dataset of SCHEMA.datasets) {
        const rows = await test.rows(STREAM, dataset.name, position);
        const note = `seed ${seed}, ${dataset.name} at ${position} of ${sent.length}`;
        expect(sorted(rows), note).toEqual(sorted(replay(dataset.name, sent.slice(0, position))));
      }
    };
    for (let step = 0; step < 30; step++) {
      const records = Array.from({ length: integerBetween(random, 1, 8) }, () => randomRecord(random));
      await test.push(STREAM, records);
      sent.push(...records);
      const action = random.next();
      test.clock.advance(integerBetween(random, 1, 400));
      if (action < 0.2) await test.store.flush(STREAM);
      else if (action < 0.5) await test.store.maintain();
      else if (action < 0.56) await test.restart();
      if (random.next() < 0.5)
        await check(random.next() < 0.5 ? sent.length : integerBetween(random, 0, sent.length));
      if (random.next() < 0.7) {
        const id = `k${integerBetween(random, 0, 6)}`;
        const row = await test.store.row(STREAM, 'last', sent.length, [id]);
        const expected = replay('last', sent).find((r) => r.id === id);
        expect(row && JSON.parse(row), `seed ${seed}, ${id} at ${sent.length}`).toEqual(expected);
        const sums = await test.store.row(STREAM, 'sums', sent.length, ['1', 'x']);
        expect(sums && JSON.parse(sums), `seed ${seed}, sums at ${sent.length}`).toEqual(
          replay('sums', sent).find((r) => r.a === 1 && r.b === 'x'),
        );
      }
    }
    for (let position = 0; position <= sent.length; position += 13) await check(position);
    for (const dataset of SCHEMA.datasets) {
      const report = await test.store.verify(STREAM, dataset.name);
      expect(report).toMatchObject({ missing: 0, unexpected: 0, rows: replay(dataset.name, sent).length });
    }
    await test.close();
  });
});
