import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dataset } from '../schema/field.ts';
import { streamFolderName } from './stream-store.ts';
import { TEST_START_MS, TestEngines, TestStore } from './test-store.ts';

const STREAM = 'shop.stock@1';
/** How the number of runs grows over many more is shown by merge-policy.test.ts. */
const FLUSHES = 200;
const HOUR_MS = 3_600_000;
const KEYED: Dataset = {
  name: 'stock',
  key: ['id'],
  extra: 'refuse',
  fields: [
    { name: 'id', type: 'integer' },
    { name: 'n', type: 'integer', reduce: 'sum' },
  ],
};
const LOG: Dataset = { name: 'log', key: 'none', extra: 'refuse', fields: [{ name: 'v', type: 'integer' }] };
const datasets = [KEYED, LOG];

describe('maintenance', () => {
  let engines: TestEngines;
  beforeAll(async () => {
    engines = await TestEngines.start();
  });
  afterAll(() => engines.close());

  const stock = (id: number, n = 1) => ({ dataset: 'stock', document: { id, n } });
  const event = (v: number) => ({ dataset: 'log', document: { v } });
  const folderOf = (test: TestStore) => path.join(test.folder, 'store', streamFolderName(STREAM));
  const filesOf = (test: TestStore) => readdirSync(folderOf(test)).sort();

  it('keeps fewer than 20 runs of each kind over many flushes of tiny batches', {
    timeout: 180_000,
  }, async () => {
    const test = await TestStore.open(engines, [{ stream: STREAM, datasets: [KEYED], historyMs: undefined }]);
    let most = 0;
    for (let i = 0; i < FLUSHES; i++) {
      await test.push(STREAM, [stock(i % 100), stock(100 + i)]);
      await test.store.flush(STREAM);
      const [stats] = test.store.stats(STREAM);
      most = Math.max(most, stats?.stateRuns ?? 0, stats?.historyRuns ?? 0);
    }
    expect(most).toBeLessThan(20);
    expect(filesOf(test).length).toBeLessThan(40);
    expect(test.store.stats(STREAM)[0]?.records).toBe(2 * FLUSHES);
    const [row] = await test.rows(STREAM, 'stock', 2 * FLUSHES, {
      filter: { op: 'eq', field: 'id', value: '7' },
    });
    expect(row).toEqual({ id: 7, n: FLUSHES / 100 });
    const earlier = await test.store.rows(STREAM, 'stock', 301, { order: [], limit: 1, count: true });
    expect(earlier.count).toBe(100 + 150);
    await test.close();
  });

  it('flushes by itself when records are old, and merges all state when nothing else happens', async () => {
    const test = await TestStore.open(engines, [{ stream: STREAM, datasets: [KEYED], historyMs: undefined }]);
    for (let i = 0; i < 3; i++) {
      await test.push(
        STREAM,
        Array.from({ length: 10 ** (2 - i) }, (_, id) => stock(id)),
      );
      await test.store.maintain();
      expect(test.journal.tail(STREAM)).not.toBe(test.journal.head(STREAM) + 1);
      test.clock.advance(601_000);
      await test.store.maintain();
      expect(test.journal.tail(STREAM)).toBe(test.journal.head(STREAM) + 1);
    }
    expect(test.store.stats(STREAM)[0]).toMatchObject({ stateRuns: 1, records: 111 });
    await test.close();
  });

  it('brings a large state up to date once reads have paid for it, and no records come', async () => {
    const limits = {
      baseRowsCheap: 10,
      baseRowsBusy: 100,
      baseReads: 3,
      flushAgeMs: HOUR_MS,
      flushAgeSmallMs: HOUR_MS,
    };
    const schema = { stream: STREAM, datasets: [KEYED], historyMs: undefined };
    const test = await TestStore.open(engines, [schema], { limits });
    /** How many files a reader goes through. */
    const read = async () => {
      const relation = await test.store.snapshot(STREAM, 'stock', test.journal.head(STREAM));
      relation.release();
      return relation.files.length;
    };
    await test.push(
      STREAM,
      Array.from({ length: 100 }, (_, id) => stock(id)),
    );
    await test.store.flush(STREAM);
    await test.store.maintain();
    await test.push(STREAM, [stock(1)]);
    const files: number[] = [await read(), await read()];
    test.clock.advance(60_000);
    await test.store.maintain();
    files.push(await read());
    await test.push(STREAM, [stock(2)]);
    await test.store.maintain();
    files.push(await read());
    test.clock.advance(60_000);
    await test.store.maintain();
    files.push(await read());
    expect(files).toEqual([2, 2, 2, 3, 1]);
    expect(await test.rows(STREAM, 'stock', 102, { filter: { op: 'lte', field: 'id', value: '2' } })).toEqual(
      [
        { id: 0, n: 1 },
        { id: 1, n: 2 },
        { id: 2, n: 2 },
      ],
    );
    await test.close();
  });

  it('drops history that is too old, keeps the state, and says which position is the oldest', async () => {
    const schema = { stream: STREAM, datasets, historyMs: 24 * HOUR_MS };
    const test = await TestStore.open(engines, [schema]);
    for (let hour = 0; hour < 72; hour += 4) {
      await test.push(STREAM, [stock(1), stock(hour + 2), event(hour)]);
      await test.store.flush(STREAM);
      await test.store.maintain();
      test.clock.advance(4 * HOUR_MS);
    }
    await test.store.maintain();
    const head = test.journal.head(STREAM);
    const oldest = test.store.oldest(STREAM);
    expect(oldest).toBeGreaterThan(30);
    expect(oldest).toBeLessThanOrEqual(3 * 13);
    await expect(test.rows(STREAM, 'stock', 5)).rejects.toMatchObject({
      code: 'POSITION_GONE',
      message: expect.stringContaining('Position 5 of shop.stock@1'),
      details: { oldest: expect.any(Number) },
    });
    const [row] = await test.rows(STREAM, 'stock', head, { filter: { op: 'eq', field: 'id', value: '1' } });
    expect(row).toEqual({ id: 1, n: 18 });
    for (let position = oldest; position <= head; position++) {
      const rows = (await test.rows(STREAM, 'stock', position)) as { id: number; n: number }[];
      expect(
        rows.reduce((sum, r) => sum + r.n, 0),
        `at ${position}`,
      ).toBe(position - Math.floor(position / 3));
    }
    const events = (await test.rows(STREAM, 'log', head)) as { v: number }[];
    expect(events.length).toBeLessThan(10);
    expect(events.at(-1)).toEqual({ v: 68 });
    expect(await test.store.positionAt(STREAM, (TEST_START_MS + 66 * HOUR_MS) * 1_000)).toBe(3 * 17);
    expect(await test.store.positionAt(STREAM, TEST_START_MS * 1_000 + 1)).toBeLessThan(oldest);
    for (const { name } of datasets) {
      expect(await test.store.verify(STREAM, name)).toMatchObject({ missing: 0, unexpected: 0 });
    }
    await test.restart();
    expect(test.store.oldest(STREAM)).toBe(oldest);
    expect((await test.rows(STREAM, 'stock', oldest)).length).toBeGreaterThan(0);
    await test.close();
  });

  it('finds the position of a time in runs, in the tail and before everything', async () => {
    const test = await TestStore.open(engines, [{ stream: STREAM, datasets, historyMs: undefined }]);
    expect(await test.store.positionAt(STREAM, TEST_START_MS * 1_000)).toBe(0);
    for (let i = 1; i <= 12; i++) {
      test.clock.advance(1_000);
      await test.push(STREAM, [i % 2 === 0 ? stock(i) : event(i)]);
      if (i === 4 || i === 9) await test.store.flush(STREAM);
    }
    for (let i = 0; i <= 12; i++) {
      const atUs = (TEST_START_MS + i * 1_000) * 1_000;
      expect(await test.store.positionAt(STREAM, atUs + 500_000), `after ${i} s`).toBe(i);
    }
    await test.close();
  });

  it('keeps the files of a relation until it is released, and no longer', async () => {
    const test = await TestStore.open(engines, [{ stream: STREAM, datasets: [KEYED], historyMs: undefined }]);
    await test.push(STREAM, [stock(1), stock(2)]);
    await test.store.flush(STREAM);
    const relation = await test.store.snapshot(STREAM, 'stock', 2);
    const pinned = relation.sql.match(/[^']*\.parquet/)?.[0] ?? '';
    await test.push(STREAM, [stock(1), stock(2), stock(3)]);
    await test.store.flush(STREAM);
    expect(filesOf(test)).toContain(path.basename(pinned));
    const result = await engines.reader.run(`SELECT sum(n)::BIGINT FROM (${relation.sql})`);
    expect(result.rows).toEqual([[2n]]);
    relation.release();
    relation.release();
    await expect.poll(() => existsSync(pinned)).toBe(false);
    await test.close();
  });

  it('removes, when opened, what no manifest names', async () => {
    const test = await TestStore.open(engines, [{ stream: STREAM, datasets: [KEYED], historyMs: undefined }]);
    await test.push(STREAM, [stock(1)]);
    await test.store.flush(STREAM);
    const known = filesOf(test);
    const { writeFileSync, mkdirSync } = await import('node:fs');
    writeFileSync(path.join(folderOf(test), 'stock-state-99999999.parquet'), 'half');
    mkdirSync(path.join(test.folder, 'store', 'gone.product%401'));
    await test.restart();
    expect(filesOf(test)).toEqual(known);
    expect(readdirSync(path.join(test.folder, 'store'))).toEqual([streamFolderName(STREAM)]);
    await test.close();
  });

  it('shows null for a field that was added later, and keeps its values from then on', async () => {
    const test = await TestStore.open(engines, [{ stream: STREAM, datasets: [KEYED], historyMs: undefined }]);
    await test.push(STREAM, [stock(1)]);
    await test.store.flush(STREAM);
    const wider: Dataset = { ...KEYED, fields: [...KEYED.fields, { name: 'place', type: 'string' }] };
    test.store.open({ stream: STREAM, datasets: [wider], historyMs: undefined });
    await test.push(STREAM, [{ dataset: 'stock', document: { id: 2, n: 1, place: 'A1' } }]);
    const expected = [
      { id: 1, n: 1, place: null },
      { id: 2, n: 1, place: 'A1' },
    ];
    expect(await test.rows(STREAM, 'stock', 2)).toEqual(expected);
    await test.store.flush(STREAM);
    expect(await test.rows(STREAM, 'stock', 2)).toEqual(expected);
    test.clock.advance(100_000);
    await test.store.maintain();
    expect(await test.rows(STREAM, 'stock', 2)).toEqual(expected);
    expect(await test.store.verify(STREAM, 'stock')).toMatchObject({ missing: 0, unexpected: 0, rows: 2 });
    await test.close();
  });

  it('makes the state anew when the key or a reduction changes', async () => {
    const test = await TestStore.open(engines, [{ stream: STREAM, datasets: [KEYED], historyMs: undefined }]);
    await test.push(STREAM, [stock(1, 5), stock(1, 7)]);
    await test.store.flush(STREAM);
    const latest: Dataset = {
      ...KEYED,
      fields: [
        { name: 'id', type: 'integer' },
        { name: 'n', type: 'integer' },
      ],
    };
    test.store.open({ stream: STREAM, datasets: [latest], historyMs: undefined });
    expect(await test.rows(STREAM, 'stock', 2)).toEqual([{ id: 1, n: 7 }]);
    await test.push(STREAM, [stock(2, 1)]);
    await test.store.flush(STREAM);
    expect(await test.rows(STREAM, 'stock', 3)).toEqual([
      { id: 1, n: 7 },
      { id: 2, n: 1 },
    ]);
    expect(test.store.stats(STREAM)[0]?.stateRuns).toBe(1);
    await test.close();
  });

  it('keeps records whose sum leaves its type, and says so when the state is read', async () => {
    const test = await TestStore.open(engines, [{ stream: STREAM, datasets: [KEYED], historyMs: undefined }]);
    await test.journal.commit({
      appends: [
        {
          stream: STREAM,
          dataset: 'stock',
          count: 2,
          body: Buffer.from('{"id":1,"n":9223372036854775807}\n'.repeat(2)),
        },
      ],
    });
    await test.store.flush(STREAM);
    await test.store.maintain();
    await expect(test.rows(STREAM, 'stock', 2)).rejects.toThrow(/out of range/i);
    expect(await test.rows(STREAM, 'stock', 1)).toHaveLength(1);
    await test.push(STREAM, [{ dataset: 'stock', document: { id: 1 }, op: 'delete' }, stock(2)] as never);
    expect(await test.rows(STREAM, 'stock', 4)).toEqual([{ id: 2, n: 1 }]);
    await test.close();
  });
});
