import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dataset } from '../schema/field.ts';
import { TEST_START_MS, TestEngines, TestStore } from './test-store.ts';

const STREAM = 'shop.two@1';
const SOURCE = 'shop.two@1/source';
const KEYED: Dataset = {
  name: 'keyed',
  key: ['id'],
  extra: 'refuse',
  fields: [
    { name: 'id', type: 'integer' },
    { name: 'doc', type: 'json' },
  ],
};
const LOG: Dataset = { name: 'log', key: 'none', extra: 'refuse', fields: [{ name: 'v', type: 'integer' }] };
const RAW: Dataset = { name: 'raw', key: 'none', extra: 'ignore', fields: [] };

describe('history', () => {
  let engines: TestEngines;
  beforeAll(async () => {
    engines = await TestEngines.start();
  });
  afterAll(() => engines.close());

  it('gives every record of all datasets once and in order, page by page, from runs and tail', async () => {
    const test = await TestStore.open(engines, [
      { stream: STREAM, datasets: [KEYED, LOG], historyMs: undefined },
    ]);
    for (let i = 0; i < 12; i++) {
      await test.push(STREAM, [
        { dataset: 'keyed', document: { id: i, doc: '{"n":1.10}' } },
        { dataset: 'keyed', document: { id: i - 1 }, op: 'delete' },
        { dataset: 'log', document: { v: i } },
      ]);
      if (i % 4 === 3 && i < 11) await test.store.flush(STREAM);
    }
    const found: unknown[] = [];
    for (let next = 1; next <= 36; ) {
      const page = await test.store.history(STREAM, next, 36, 5);
      expect(page.length).toBeGreaterThan(0);
      expect(page.length).toBeLessThanOrEqual(5);
      found.push(
        ...page.map(({ position, op, dataset, document, key }) => [position, op, dataset, document, key]),
      );
      next = (page.at(-1)?.position ?? 36) + 1;
    }
    const expected = Array.from({ length: 12 }, (_, i) => [
      [i * 3 + 1, 'upsert', 'keyed', `{"id":${i},"doc":{"n":1.10}}`, `{"id":${i}}`],
      [i * 3 + 2, 'delete', 'keyed', 'null', `{"id":${i - 1}}`],
      [i * 3 + 3, 'upsert', 'log', `{"v":${i}}`, 'null'],
    ]).flat();
    expect(found).toEqual(expected);
    expect((await test.store.history(STREAM, 1, 1, 1))[0]?.timeUs).toBeGreaterThanOrEqual(
      TEST_START_MS * 1_000,
    );
    expect(await test.store.history(STREAM, 37, 99, 5).catch((e) => e.code)).toBe('POSITION_UNKNOWN');
    await test.close();
  });

  it('gives the records of one dataset in a range as SQL, from runs and tail', async () => {
    const test = await TestStore.open(engines, [
      { stream: STREAM, datasets: [KEYED, LOG], historyMs: undefined },
    ]);
    for (let v = 0; v < 6; v++) {
      await test.push(STREAM, [
        { dataset: 'log', document: { v } },
        { dataset: 'keyed', document: { id: v }, ...(v % 2 ? { op: 'delete' as const } : {}) },
      ]);
      if (v === 3) await test.store.flush(STREAM);
    }
    const read = async (dataset: string, after: number, through: number, columns: string) => {
      const relation = await test.store.records(STREAM, dataset, after, through);
      const { rows } = await engines.reader.run(
        `select ${columns} from (${relation.sql}) order by _position`,
      );
      relation.release();
      return rows.map((row) => row.map(Number));
    };
    expect(await read('keyed', 5, 10, '_position, _op, id')).toEqual([
      [6, 0, 2],
      [8, 1, 3],
      [10, 0, 4],
    ]);
    expect(await read('log', 9, 12, 'v')).toEqual([[5]]);
    expect(await read('log', 12, 12, 'v')).toEqual([]);
    await test.close();
  });

  it('begins with what is kept when older records were dropped', async () => {
    const test = await TestStore.open(engines, [
      { stream: STREAM, datasets: [KEYED, LOG], historyMs: 1_000 },
    ]);
    for (let i = 0; i < 10; i++) {
      await test.push(STREAM, [
        { dataset: 'log', document: { v: i } },
        { dataset: 'keyed', document: { id: i } },
      ]);
      await test.store.flush(STREAM);
      await test.store.maintain();
      test.clock.advance(500);
    }
    const oldest = test.store.oldest(STREAM);
    expect(oldest).toBeGreaterThan(5);
    const page = await test.store.history(STREAM, 1, 20, 1);
    expect(page.length).toBe(1);
    expect(page[0]?.position).toBeGreaterThanOrEqual(oldest - 2);
    await test.close();
  });

  it('gives what a source sent byte for byte', async () => {
    const test = await TestStore.open(engines, [{ stream: SOURCE, datasets: [RAW], historyMs: undefined }]);
    const documents = ['{"b":1.0, "a":  [1e400,"\\u0041"]}', '{"ä":"😀"}', '{}'];
    const body = Buffer.from(documents.map((document) => `${document}\n`).join(''));
    await test.journal.commit({ appends: [{ stream: SOURCE, dataset: 'raw', count: 3, body }] });
    for (let round = 0; round < 2; round++) {
      const records = await test.store.history(SOURCE, 1, 3, 10);
      expect(records.map((record) => record.document)).toEqual(documents);
      await test.store.flush(SOURCE);
    }
    await test.close();
  });
});
