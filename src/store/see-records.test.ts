/** What is seen through a lens, compared with plain JavaScript over the records: rows, files and streams alike. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEED } from '../../test/support/seed.ts';
import { integerBetween, oneOf, type Random, seededRandom } from '../base/random.ts';
import type { Dataset } from '../schema/field.ts';
import type { Lens } from '../schema/lens.ts';
import { TestEngines, type TestRecord, TestStore } from './test-store.ts';

const STREAM = 'shop.orders@1';
const KEYED: Dataset = {
  name: 'orders',
  key: ['id'],
  extra: 'refuse',
  fields: [
    { name: 'id', type: 'integer' },
    { name: 'team', type: 'string' },
    { name: 'n', type: 'integer' },
    { name: 'note', type: 'string' },
  ],
};
interface Row {
  readonly id: number;
  readonly team: string | null;
  readonly n: number;
  readonly note: string;
}

const PRINCIPAL = { kind: 'user', name: "o'hara", teams: ['a', 'b'], attributes: { limit: '3' } };

/** Own team's rows as they are; rows with a small number without the note; never those of team z. */
const LENS: Lens = {
  parts: [
    { rows: 'list_contains(principal.teams, team)', masks: new Map() },
    {
      rows: "n <= principal.attributes['limit']::integer -- and nothing else",
      masks: new Map([
        ['note', "'hidden'"],
        ['n', 'null'],
      ]),
    },
  ],
  hidden: ["team = 'z'"],
  principal: PRINCIPAL,
};

function seen(row: Row): object | undefined {
  if (row.team === 'z' || row.team === null) return undefined;
  if (PRINCIPAL.teams.includes(row.team)) return row;
  return row.n <= 3 ? { ...row, n: null, note: 'hidden' } : undefined;
}

function randomRecord(random: Random): TestRecord {
  const id = integerBetween(random, 1, 6);
  if (random.next() < 0.2) return { dataset: 'orders', op: 'delete', document: { id } };
  const team = oneOf(random, ['a', 'b', 'c', 'd', 'z', null]);
  const row: Row = {
    id,
    team,
    n: integerBetween(random, 1, 6),
    note: `note ${integerBetween(random, 1, 99)}`,
  };
  return { dataset: 'orders', document: { ...row } };
}

describe('through a lens', () => {
  let engines: TestEngines;
  beforeAll(async () => {
    engines = await TestEngines.start();
  });
  afterAll(() => engines.close());

  it(`rows and records are what may be seen, at every position (seed ${SEED})`, async () => {
    const random = seededRandom(SEED);
    const test = await TestStore.open(engines, [{ stream: STREAM, datasets: [KEYED], historyMs: undefined }]);
    const state = new Map<number, Row>();
    const shown = new Map<number, object>();
    const expected: object[] = [];
    let position = 0;
    for (let step = 0; step < 12; step++) {
      const records = Array.from({ length: integerBetween(random, 1, 5) }, () => randomRecord(random));
      for (const { document, op } of records) {
        position += 1;
        const row = document as unknown as Row;
        if (op === 'delete') state.delete(row.id);
        else state.set(row.id, row);
        const view = op === 'delete' ? undefined : seen(row);
        if (view) expected.push({ position, op: 'upsert', key: { id: row.id }, document: view });
        else if (shown.has(row.id))
          expected.push({ position, op: 'delete', key: { id: row.id }, document: null });
        if (view) shown.set(row.id, view);
        else shown.delete(row.id);
      }
      await test.push(STREAM, records);
      if (random.next() < 0.3) await test.store.flush(STREAM);
      const query = { order: [], limit: 100, count: true };
      const page = await test.store.rows(STREAM, 'orders', position, query, LENS);
      const rows = [...shown].sort(([a], [b]) => a - b).map(([, row]) => row);
      expect(page.rows.map((row) => JSON.parse(row) as unknown)).toEqual(rows);
      expect(page.count).toBe(rows.length);
      for (const id of [1, 2, 3]) {
        const row = await test.store.row(STREAM, 'orders', position, [String(id)], LENS);
        expect(row && (JSON.parse(row) as unknown)).toEqual(shown.get(id));
      }
    }
    for (const size of [1, 3, position]) {
      const found: object[] = [];
      for (let after = 0; after < position; after += size) {
        const range = { after, through: Math.min(position, after + size) };
        for (const record of await test.store.seen(STREAM, 'orders', range, LENS)) {
          const { key, document, ...rest } = record;
          found.push({ ...rest, key: JSON.parse(key), document: JSON.parse(document) });
        }
      }
      expect(found, `in parts of ${size}`).toEqual(expected);
    }
    await test.close();
  });

  it('a filter finds nothing by what is hidden', async () => {
    const test = await TestStore.open(engines, [{ stream: STREAM, datasets: [KEYED], historyMs: undefined }]);
    const head = await test.push(STREAM, [
      { dataset: 'orders', document: { id: 1, team: 'c', n: 2, note: 'canary' } },
    ]);
    const filter = { op: 'eq', field: 'note', value: 'canary' } as const;
    const page = await test.store.rows(
      STREAM,
      'orders',
      head,
      { order: [], limit: 10, filter, count: true },
      LENS,
    );
    expect(page).toMatchObject({ rows: [], count: 0 });
    await test.close();
  });

  it('records that are combined into rows are not told one by one', async () => {
    const summed: Dataset = {
      ...KEYED,
      fields: KEYED.fields.map((field) => (field.name === 'n' ? { ...field, reduce: 'sum' } : field)),
    };
    const test = await TestStore.open(engines, [
      { stream: STREAM, datasets: [summed], historyMs: undefined },
    ]);
    const head = await test.push(STREAM, [
      { dataset: 'orders', document: { id: 1, team: 'a', n: 1, note: '' } },
    ]);
    const reading = test.store.seen(STREAM, 'orders', { after: 0, through: head }, LENS);
    await expect(reading).rejects.toMatchObject({ code: 'STREAM_PARTIAL' });
    await test.close();
  });
});
