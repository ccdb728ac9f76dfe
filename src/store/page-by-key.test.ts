import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { integerBetween, oneOf, seededRandom } from '../base/random.ts';
import type { Dataset } from '../schema/field.ts';
import type { RowsQuery } from '../schema/rows-query.ts';
import { TestEngines, TestStore } from './test-store.ts';

const STREAM = 'shop.wide@1';
const SEED = Number(process.env.WHARF_SEED ?? 20_261_123);
/** More columns than a page is read with at once. */
const WIDTH = 310;
const FIELDS = Array.from({ length: WIDTH }, (_, i) => `f${i}`);
const WIDE: Dataset = {
  name: 'wide',
  key: ['id', 'part'],
  extra: 'refuse',
  fields: [
    { name: 'id', type: 'integer' },
    { name: 'part', type: 'string' },
    ...FIELDS.map((name) => ({ name, type: 'integer' as const })),
  ],
};

describe(`pages of a dataset with ${WIDTH} columns (seed ${SEED})`, () => {
  const random = seededRandom(SEED);
  const state = new Map<string, Record<string, number | string | null>>();
  let engines: TestEngines;
  let test: TestStore;
  let head: number;

  beforeAll(async () => {
    engines = await TestEngines.start();
    test = await TestStore.open(engines, [{ stream: STREAM, datasets: [WIDE], historyMs: undefined }]);
    const push = (count: number) => {
      const records = Array.from({ length: count }, () => {
        const id = oneOf(random, [null, ...Array.from({ length: 20 }, (_, i) => i)]);
        const part = oneOf(random, [null, '', "o'neil", 'b', 'c']);
        const values = FIELDS.map((name, i) => [name, i === 0 ? integerBetween(random, 0, 3) : i]);
        const document = { id, part, ...Object.fromEntries(values) };
        const op = random.next() < 0.1 ? 'delete' : 'upsert';
        if (op === 'delete') state.delete(JSON.stringify([id, part]));
        else state.set(JSON.stringify([id, part]), document);
        return { dataset: 'wide', document: op === 'delete' ? { id, part } : document, op } as const;
      });
      return test.push(STREAM, records);
    };
    await push(60);
    await test.store.flush(STREAM);
    head = await push(60);
  });
  afterAll(async () => {
    await test.close();
    await engines.close();
  });

  async function allRows(query: Partial<RowsQuery>): Promise<Record<string, unknown>[]> {
    const rows: string[] = [];
    let after: readonly (string | null)[] | undefined;
    for (let page = 0; page < 50; page++) {
      const more = after ? { after } : {};
      const got = await test.store.rows(STREAM, 'wide', head, { order: [], limit: 40, ...query, ...more });
      rows.push(...got.rows);
      if (!got.next) return rows.map((row) => JSON.parse(row) as Record<string, unknown>);
      after = got.next;
    }
    throw new Error('The pages do not end.');
  }

  it('are those of a few of its columns, and hold every value of the rows, also where keys are null', async () => {
    const order = [{ field: 'f0', descending: true, nulls: 'last' as const }];
    const few = await allRows({ order, select: ['id', 'part'] });
    const rows = await allRows({ order });
    expect(rows.map(({ id, part }) => [id, part])).toEqual(few.map(({ id, part }) => [id, part]));
    expect(rows).toHaveLength(state.size);
    for (const row of rows) expect(row).toEqual(state.get(JSON.stringify([row['id'], row['part']])));
    expect(state.size).toBeGreaterThan(40);
    expect([...state.keys()].filter((key) => key.includes('null')).length).toBeGreaterThan(3);
  });

  it('are empty where no row meets the filter', async () => {
    expect(await allRows({ filter: { op: 'eq', field: 'f0', value: '9' } })).toEqual([]);
  });
});
