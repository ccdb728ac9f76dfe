import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Log } from '../base/log.ts';
import type { Dataset } from '../schema/field.ts';
import { streamFolderName } from './stream-store.ts';
import { TestEngines, TestStore } from './test-store.ts';

const STREAM = 'shop.stock@1';
const STOCK: Dataset = {
  name: 'stock',
  key: ['id'],
  extra: 'refuse',
  fields: [
    { name: 'id', type: 'integer' },
    { name: 'n', type: 'integer' },
  ],
};
const SCHEMA = { stream: STREAM, datasets: [STOCK], historyMs: undefined };

/** Ways in which a file goes bad behind the store's back. */
const DAMAGES: Record<string, (file: string) => void> = {
  'a flipped bit': (file) => {
    const bytes = readFileSync(file);
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(file, bytes);
  },
  'a cut end': (file) => truncateSync(file, 100),
  'no file': (file) => rmSync(file),
};

describe('damage', () => {
  let engines: TestEngines;
  beforeAll(async () => {
    engines = await TestEngines.start();
  });
  afterAll(() => engines.close());

  async function openWithRuns(): Promise<{
    test: TestStore;
    warnings: string[];
    fileOf: (kind: string) => string;
  }> {
    const warnings: string[] = [];
    const note = (message: string) => void warnings.push(message);
    const log: Log = { info: () => undefined, warn: note, error: note };
    const test = await TestStore.open(engines, [SCHEMA], { log });
    for (const n of [1, 2]) {
      await test.push(
        STREAM,
        Array.from({ length: 40 * (3 - n) }, (_, id) => ({ dataset: 'stock', document: { id, n } })),
      );
      await test.store.flush(STREAM);
    }
    await test.restart();
    const folder = path.join(test.folder, 'store', streamFolderName(STREAM));
    const fileOf = (kind: string) =>
      path.join(folder, readdirSync(folder).find((name) => name.includes(kind)) ?? '');
    return { test, warnings, fileOf };
  }

  it.each(Object.entries(DAMAGES))(
    'in a history run (%s) is named and never served',
    async (_name, damage) => {
      const { test, fileOf } = await openWithRuns();
      const file = fileOf('history');
      damage(file);
      await expect(test.rows(STREAM, 'stock', 5)).rejects.toMatchObject({
        code: 'RUN_DAMAGED',
        message: expect.stringContaining(file),
        hint: expect.stringContaining('Restore the file'),
      });
      await expect(test.store.verify(STREAM, 'stock')).rejects.toMatchObject({ code: 'RUN_DAMAGED' });
      expect((await test.rows(STREAM, 'stock', 120)).length).toBe(80);
      await test.close();
    },
  );

  it.each(Object.entries(DAMAGES))('in a state run (%s) costs nothing but time', async (_name, damage) => {
    const { test, warnings, fileOf } = await openWithRuns();
    damage(fileOf('state'));
    const rows = (await test.rows(STREAM, 'stock', 120)) as { n: number }[];
    expect(rows.filter((row) => row.n === 2).length).toBe(40);
    expect(rows.length).toBe(80);
    expect(warnings).toEqual(['A damaged state run is dropped and will be made again from history']);
    await test.store.maintain();
    expect(test.store.stats(STREAM)[0]?.stateRuns).toBe(1);
    expect(await test.store.verify(STREAM, 'stock')).toMatchObject({ missing: 0, unexpected: 0, rows: 80 });
    await test.close();
  });

  it('of the journal, when it is gone, costs no run', async () => {
    const { test, fileOf } = await openWithRuns();
    const file = fileOf('history');
    await test.store.close();
    await test.journal.close();
    rmSync(path.join(test.folder, 'journal'), { recursive: true });
    await expect(TestStore.open(engines, [SCHEMA], { folder: test.folder })).rejects.toMatchObject({
      code: 'STORE_UNKNOWN_RUNS',
      message: expect.stringContaining(STREAM),
    });
    expect(existsSync(file)).toBe(true);
    rmSync(test.folder, { recursive: true });
  });

  it('in a state run is noticed by verify even after the run was read', async () => {
    const { test, warnings, fileOf } = await openWithRuns();
    await test.rows(STREAM, 'stock', 120);
    DAMAGES['a flipped bit']?.(fileOf('state'));
    expect(await test.store.verify(STREAM, 'stock')).toMatchObject({ missing: 0, unexpected: 0, rows: 80 });
    expect(warnings.length).toBe(1);
    await test.close();
  });

  it('shows in verify when a state run holds what the log does not give', async () => {
    const { test, fileOf } = await openWithRuns();
    const file = fileOf('state');
    const wrong = `${file}.wrong`;
    await engines.writer.run(
      `COPY (SELECT * REPLACE (CASE WHEN id = 53 THEN 99 ELSE n END AS n) FROM read_parquet('${file}') WHERE id <> 54) TO '${wrong}' (FORMAT parquet)`,
    );
    // A run that was written wrongly in the first place: its checksum agrees with its content.
    const { fileChecksum } = await import('../base/files.ts');
    const task = `manifest/${STREAM}`;
    const manifest = JSON.parse(JSON.stringify(test.journal.cursor(task)));
    const [state] = manifest.datasets.stock.state;
    const bytes = readFileSync(wrong);
    writeFileSync(file, bytes);
    rmSync(wrong);
    Object.assign(state, { bytes: bytes.length, crc: await fileChecksum(file) });
    await test.journal.commit({ cursors: [{ task, value: manifest }] });
    await test.restart();
    const report = await test.store.verify(STREAM, 'stock');
    expect(report).toMatchObject({ rows: 79, missing: 2, unexpected: 1 });
    expect(report.samples).toContainEqual({ side: 'unexpected', row: '{"id":53,"n":99}' });
    expect(report.samples).toContainEqual({ side: 'missing', row: '{"id":54,"n":1}' });
    await test.close();
  });
});
