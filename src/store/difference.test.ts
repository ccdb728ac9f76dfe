import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEED } from '../../test/support/seed.ts';
import { integerBetween, oneOf, seededRandom } from '../base/random.ts';
import type { Dataset } from '../schema/field.ts';
import { TestEngines, TestStore } from './test-store.ts';

const STREAM = 'shop.prices@1';
const PRICES: Dataset = {
  name: 'prices',
  key: ['id'],
  extra: 'refuse',
  fields: [
    { name: 'id', type: 'integer' },
    { name: 'price', type: 'decimal', precision: 38, scale: 10 },
    { name: 'doc', type: 'json' },
    { name: 'list', type: 'array', items: { name: 'items', type: 'integer' } },
  ],
};
const WHOLE: Dataset = {
  name: 'whole',
  key: 'row',
  extra: 'refuse',
  fields: [
    { name: 'a', type: 'integer' },
    { name: 'b', type: 'string' },
  ],
};

describe('difference', () => {
  let engines: TestEngines;
  beforeAll(async () => {
    engines = await TestEngines.start();
  });
  afterAll(() => engines.close());

  async function difference(test: TestStore, dataset: string, staged: readonly string[], deletes: boolean) {
    const file = path.join(test.folder, 'staged.ndjson');
    const out = path.join(test.folder, 'difference.ndjson');
    writeFileSync(file, staged.map((line) => `${line}\n`).join(''));
    const counts = await test.store.difference({ stream: STREAM, dataset, staged: file, deletes, out });
    const lines = readFileSync(out, 'utf8').split('\n').slice(0, -1);
    expect(lines.length).toBe(counts.upserts + counts.deletes);
    return { counts, lines };
  }

  async function openWith(dataset: Dataset, documents: readonly string[]): Promise<TestStore> {
    const test = await TestStore.open(engines, [
      { stream: STREAM, datasets: [dataset], historyMs: undefined },
    ]);
    await pushLines(test, dataset.name, documents, 0);
    return test;
  }

  async function pushLines(test: TestStore, dataset: string, lines: readonly string[], deletes: number) {
    if (lines.length === 0) return;
    const body = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    const gone = Array.from({ length: deletes }, (_, i) => i);
    await test.journal.commit({
      appends: [{ stream: STREAM, dataset, count: lines.length, body, deletes: gone }],
    });
  }

  it('is empty when the same comes again, digit for digit', async () => {
    const documents = [
      '{"id":9007199254740993,"price":"1234567890123456789012345678.0123456789","doc":"{\\"x\\": 1.10}","list":[1,null]}',
      '{"id":2,"price":null,"doc":null,"list":[]}',
    ];
    const test = await openWith(PRICES, documents);
    expect(await difference(test, 'prices', documents, true)).toEqual({
      counts: { upserts: 0, deletes: 0 },
      lines: [],
    });
    await test.store.flush(STREAM);
    expect((await difference(test, 'prices', documents, true)).lines).toEqual([]);
    await test.close();
  });

  it('gives what changed in journal form, deletions first, and of several documents of a key the last', async () => {
    const test = await openWith(PRICES, ['{"id":1,"price":1}', '{"id":2,"price":2}', '{"id":3}']);
    const staged = [
      '{"id":4,"doc":"[1.0]"}',
      '{"id":2,"price":5}',
      '{"id":2,"price":2.5}',
      '{"id":1,"price":1}',
    ];
    const { counts, lines } = await difference(test, 'prices', staged, true);
    expect(counts).toEqual({ upserts: 2, deletes: 1 });
    expect(lines).toEqual([
      '{"id":3}',
      '{"id":4,"price":null,"doc":"[1.0]","list":null}',
      '{"id":2,"price":"2.5000000000","doc":null,"list":null}',
    ]);
    expect((await difference(test, 'prices', staged, false)).counts).toEqual({ upserts: 2, deletes: 0 });
    await test.close();
  });

  it('compares nulls, and whole rows when the row is the key', async () => {
    const test = await openWith(WHOLE, ['{"a":1,"b":null}', '{"a":null,"b":null}', '{"a":2,"b":"x"}']);
    const staged = ['{"a":null,"b":null}', '{"a":1,"b":""}', '{"a":1,"b":""}', '{"b":"x","a":2}'];
    const { lines } = await difference(test, 'whole', staged, true);
    expect(lines).toEqual(['{"a":1,"b":null}', '{"a":1,"b":""}']);
    await test.close();
  });

  it('brings any state to what was staged when its records are journaled', async () => {
    const seed = SEED;
    const random = seededRandom(seed);
    const test = await openWith(PRICES, []);
    const price = () => oneOf(random, ['null', '1.5', '"12345678901234567890.5"', '0']);
    for (let round = 0; round < 12; round++) {
      const staged = Array.from(
        { length: integerBetween(random, 0, 8) },
        () =>
          `{"id":${integerBetween(random, 0, 6)},"price":${price()},"list":${oneOf(random, ['[1]', 'null', '[1,2]'])}}`,
      );
      const found = await difference(test, 'prices', staged, true);
      await pushLines(test, 'prices', found.lines, found.counts.deletes);
      if (random.next() < 0.4) await test.store.flush(STREAM);
      const last = new Map(staged.map((line) => [JSON.parse(line).id as number, JSON.parse(line)]));
      const rows = (await test.rows(STREAM, 'prices', test.journal.head(STREAM))) as {
        id: number;
        price: unknown;
        list: unknown;
      }[];
      const expected = [...last.values()].sort((a, b) => a.id - b.id);
      expect(
        rows.map((row) => [row.id, row.price, row.list]),
        `seed ${seed}`,
      ).toEqual(expected.map((row) => [row.id, row.price === null ? null : Number(row.price), row.list]));
    }
    await test.close();
  });
});
