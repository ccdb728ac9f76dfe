import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { integerBetween, oneOf, seededRandom } from '../base/random.ts';
import type { Dataset } from '../schema/field.ts';
import type { Filter, OrderTerm } from '../schema/rows-query.ts';
import { TestEngines, TestStore } from './test-store.ts';

const STREAM = 'shop.items@1';
const ITEMS: Dataset = {
  name: 'items',
  key: ['id'],
  extra: 'keep',
  fields: [
    { name: 'id', type: 'integer' },
    { name: 'name', type: 'string' },
    { name: 'price', type: 'decimal', precision: 38, scale: 2 },
    { name: 'at', type: 'timestamp' },
    { name: 'size', type: 'number' },
    { name: 'ok', type: 'boolean' },
    { name: 'tags', type: 'array', items: { name: 'items', type: 'string' } },
  ],
};
const EVENTS: Dataset = {
  name: 'events',
  key: 'none',
  extra: 'refuse',
  fields: [{ name: 'v', type: 'integer' }],
};
const ODD: Dataset = {
  name: 'odd',
  key: 'row',
  extra: 'refuse',
  fields: [
    { name: 'j', type: 'json' },
    { name: 'o', type: 'object', fields: [{ name: 'q"', type: 'integer' }] },
  ],
};

interface Item {
  readonly id: number;
  readonly name: string | null;
  readonly price: number | null;
  readonly size: number | null;
  readonly ok: boolean | null;
}

const random = seededRandom(7);
const maybe = <T>(value: T): T | null => (random.next() < 0.2 ? null : value);
const items: Item[] = Array.from({ length: 120 }, (_, id) => ({
  id,
  name: maybe(oneOf(random, ['apple', 'Banana', "o'neil", 'pear%', 'pe_r', 'back\\slash', ''])),
  price: maybe(integerBetween(random, -3, 3) / 2),
  size: maybe(oneOf(random, [0.5, 1e300, -2.25])),
  ok: maybe(random.next() < 0.5),
}));

describe('rows', () => {
  let engines: TestEngines;
  let test: TestStore;
  let head: number;
  beforeAll(async () => {
    engines = await TestEngines.start();
    test = await TestStore.open(engines, [
      { stream: STREAM, datasets: [ITEMS, EVENTS, ODD], historyMs: undefined },
    ]);
    await test.push(
      STREAM,
      items.slice(0, 100).map((item) => ({
        dataset: 'items',
        document: { ...item, at: '2001-01-31T22:27:00.5Z', tags: ['b', null], extra: '{"more":1.10}' },
      })),
    );
    await test.store.flush(STREAM);
    await test.push(
      STREAM,
      items.slice(100).map((item) => ({ dataset: 'items', document: { ...item } })),
    );
    await test.push(
      STREAM,
      Array.from({ length: 25 }, (_, i) => ({ dataset: 'events', document: { v: i % 3 } })),
    );
    const odd = ['{"a": 1.10}', '{"a":1.10}', null, '[1]', '"x"'];
    await test.push(
      STREAM,
      odd.flatMap((j) =>
        [1, null].map((q) => ({ dataset: 'odd', document: { j, o: q === null ? null : { 'q"': q } } })),
      ),
    );
    head = test.journal.head(STREAM);
  });
  afterAll(async () => {
    await test.close();
    await engines.close();
  });

  async function ids(filter: Filter): Promise<number[]> {
    const rows = (await test.rows(STREAM, 'items', head, { filter })) as Item[];
    return rows.map((row) => row.id);
  }

  async function allPages(dataset: string, order: readonly OrderTerm[], limit: number): Promise<string[]> {
    const rows: string[] = [];
    let after: readonly (string | null)[] | undefined;
    for (let page = 0; page < 200; page++) {
      const got = await test.store.rows(STREAM, dataset, head, { order, limit, ...(after ? { after } : {}) });
      rows.push(...got.rows);
      // Records that come between two pages must not show in them.
      await test.push(STREAM, [{ dataset: 'items', document: { id: 1_000 + page } }]);
      if (!got.next) return rows;
      after = got.next;
    }
    throw new Error('The pages do not end.');
  }

  it('shows every value exactly, in the order of the fields', async () => {
    const page = await test.store.rows(STREAM, 'items', head, {
      order: [],
      limit: 1,
      filter: { op: 'eq', field: 'id', value: '3' },
    });
    const { name, price, size, ok } = items[3] as Item;
    const decimal = price === null ? 'null' : price.toFixed(2);
    expect(page.rows).toEqual([
      `{"id":3,"name":${JSON.stringify(name)},"price":${decimal},"at":"2001-01-31T22:27:00.5Z","size":${size === null ? null : page.rows[0]?.match(/"size":([^,]*)/)?.[1]},"ok":${ok},"tags":["b",null],"extra":{"more":1.10}}`,
    ]);
  });

  it('filters as Postgres does: nulls match no comparison, and text is never SQL', async () => {
    const expected = (test: (item: Item) => boolean) => items.filter(test).map((item) => item.id);
    const eq = (value: string): Filter => ({ op: 'eq', field: 'name', value });
    expect(await ids(eq("o'neil"))).toEqual(expected((i) => i.name === "o'neil"));
    expect(await ids(eq("' or true --"))).toEqual([]);
    expect(await ids({ op: 'neq', field: 'name', value: 'apple' })).toEqual(
      expected((i) => i.name !== null && i.name !== 'apple'),
    );
    expect(await ids({ op: 'not', term: eq('apple') })).toEqual(
      expected((i) => i.name !== null && i.name !== 'apple'),
    );
    expect(await ids({ op: 'gte', field: 'price', value: '0.50' })).toEqual(
      expected((i) => i.price !== null && i.price >= 0.5),
    );
    expect(await ids({ op: 'in', field: 'id', values: ['5', '7', '-1'] })).toEqual([5, 7]);
    expect(await ids({ op: 'in', field: 'id', values: [] })).toEqual([]);
    expect(await ids({ op: 'is', field: 'ok', value: 'null' })).toEqual(expected((i) => i.ok === null));
    expect(await ids({ op: 'is', field: 'ok', value: 'true' })).toEqual(expected((i) => i.ok === true));
    expect(await ids({ op: 'like', field: 'name', value: 'p%r\\%' })).toEqual(
      expected((i) => i.name === 'pear%'),
    );
    expect(await ids({ op: 'ilike', field: 'name', value: 'BAN%' })).toEqual(
      expected((i) => i.name === 'Banana'),
    );
    expect(await ids({ op: 'like', field: 'name', value: 'back\\' })).toEqual([]);
    const both: Filter = {
      op: 'and',
      terms: [
        { op: 'lt', field: 'id', value: '50' },
        { op: 'or', terms: [eq('apple'), eq('')] },
      ],
    };
    expect(await ids(both)).toEqual(expected((i) => i.id < 50 && (i.name === 'apple' || i.name === '')));
  });

  it('counts what matches, not what the page shows', async () => {
    const filter: Filter = { op: 'is', field: 'ok', value: 'false' };
    const page = await test.store.rows(STREAM, 'items', head, { order: [], limit: 2, filter, count: true });
    expect(page.rows.length).toBe(2);
    expect(page.count).toBe(items.filter((item) => item.ok === false).length);
  });

  it('pages through every row once, in any order, while records come', async () => {
    const orders: OrderTerm[][] = [
      [],
      [{ field: 'name', descending: true, nulls: 'first' }],
      [
        { field: 'price', descending: false, nulls: 'last' },
        { field: 'name', descending: true, nulls: 'last' },
      ],
      [
        { field: 'size', descending: true, nulls: 'last' },
        { field: 'ok', descending: false, nulls: 'first' },
      ],
      [
        { field: 'tags', descending: false, nulls: 'first' },
        { field: 'extra', descending: true, nulls: 'last' },
      ],
      [
        { field: 'at', descending: false, nulls: 'last' },
        { field: 'id', descending: true, nulls: 'last' },
      ],
    ];
    for (const order of orders) {
      const whole = await test.store.rows(STREAM, 'items', head, { order, limit: 1_000 });
      expect(await allPages('items', order, 7), JSON.stringify(order)).toEqual(whole.rows);
      expect(new Set(whole.rows).size).toBe(items.length);
    }
  });

  it('orders nulls and directions as asked', async () => {
    const order: OrderTerm[] = [{ field: 'price', descending: true, nulls: 'last' }];
    const rows = (await test.rows(STREAM, 'items', head, { order })) as Item[];
    const known = items.filter((item) => item.price !== null);
    const expected = [
      ...known.sort((a, b) => Number(b.price) - Number(a.price) || a.id - b.id),
      ...items.filter((item) => item.price === null),
    ];
    expect(rows.map((row) => row.id)).toEqual(expected.map((item) => item.id));
  });

  it('pages through records without a key, equal ones included', async () => {
    expect((await allPages('events', [], 4)).length).toBe(25);
    const byValue = await allPages('events', [{ field: 'v', descending: true, nulls: 'last' }], 4);
    expect(byValue.map((row) => JSON.parse(row).v)).toEqual([
      ...Array(8).fill(2),
      ...Array(8).fill(1),
      ...Array(9).fill(0),
    ]);
  });

  it('pages through rows whose key is everything, JSON and objects included', async () => {
    const rows = await allPages('odd', [], 1);
    expect(rows.length).toBe(10);
    expect(new Set(rows).size).toBe(10);
  });

  it('shows only the columns asked for, in that order', async () => {
    const page = await test.store.rows(STREAM, 'items', head, {
      select: ['name', 'id'],
      order: [],
      limit: 1,
    });
    expect(page.rows).toEqual([JSON.stringify({ name: items[0]?.name, id: 0 })]);
  });
});
