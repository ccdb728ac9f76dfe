/**
 * Kills a process that flushes, merges and drops, at each step of it, and looks at what is there afterwards.
 *
 * The argument: runs are on disk before the commit that names them, and that commit lets the journal forget the blocks that
 * they replace. So at any kill each record is in exactly one of the two; files that no manifest names are removed at start.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { packageRoot } from '../base/entry.ts';
import { randomName } from '../base/random.ts';
import { startChild } from '../journal/children/start-child.ts';
import { CRASH_LIMITS, CRASH_SCHEMA, datasetAt, documentAt, isDeleteAt } from './children/crash-records.ts';
import { filesOf, type Manifest } from './run.ts';
import { manifestTask, streamFolderName } from './stream-store.ts';
import { TestEngines, TestStore } from './test-store.ts';

const POINTS = [
  'store.after-history-run:1',
  'store.after-state-run:2',
  'store.before-manifest:1',
  'store.before-manifest:4',
  'store.after-manifest:3',
  'store.after-removal:5',
  'store.before-drop:1',
  'store.before-drop:2',
];
const { stream } = CRASH_SCHEMA;

describe('a killed store', () => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'wharf-store-crash-'));
  const built = path.join(packageRoot, 'dist', `crash-${randomName()}`);
  let engines: TestEngines;
  beforeAll(async () => {
    engines = await TestEngines.start();
    await build({
      entryPoints: [path.join(packageRoot, 'src/store/children/flush-until-killed.ts')],
      outfile: path.join(built, 'child.mjs'),
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      logLevel: 'error',
    });
  });
  afterAll(async () => {
    await engines.close();
    rmSync(root, { recursive: true, force: true });
    rmSync(built, { recursive: true, force: true });
  });

  /** One life of the child; the head that it acknowledged last. */
  async function live(folder: string, crashAt: string | undefined): Promise<number> {
    const env = { ...process.env, ...(crashAt ? { WHARF_CRASH_AT: crashAt } : {}) };
    const child = startChild(process.execPath, [path.join(built, 'child.mjs'), folder], { env });
    if (!crashAt) {
      await child.line('ack');
      await systemClock.sleep(300);
      child.process.kill('SIGKILL');
    }
    expect((await child.ended).signal).toBe('SIGKILL');
    return Math.max(
      0,
      ...child.lines.flatMap((line) => (line.startsWith('ack ') ? [Number(line.slice(4))] : [])),
    );
  }

  function expectedStock(head: number): Record<string, number>[] {
    const state = new Map<number, Record<string, number>>();
    for (let position = 1; position <= head; position++) {
      if (datasetAt(position) !== 'stock') continue;
      const { id = 0, last = 0, total = 0 } = documentAt(position);
      if (isDeleteAt(position)) state.delete(id);
      else state.set(id, { id, last, total: total + (state.get(id)?.total ?? 0) });
    }
    return [...state.values()].sort((a, b) => Number(a.id) - Number(b.id));
  }

  async function check(folder: string, acknowledged: number): Promise<void> {
    const test = await TestStore.open(engines, [CRASH_SCHEMA], { folder, limits: CRASH_LIMITS });
    try {
      const head = test.journal.head(stream);
      expect(head).toBeGreaterThanOrEqual(acknowledged);
      expect(await test.rows(stream, 'stock', head, { limit: head })).toEqual(expectedStock(head));
      const log = (await test.rows(stream, 'log', head, { limit: head })) as { v: number }[];
      const expected = Array.from({ length: head }, (_, i) => i + 1).filter((p) => datasetAt(p) === 'log');
      expect(log.map((row) => row.v)).toEqual(expected.slice(expected.length - log.length));
      expect(await test.store.verify(stream, 'stock')).toMatchObject({ missing: 0, unexpected: 0 });
      const manifest = test.journal.cursor(manifestTask(stream)) as Manifest | undefined;
      const there = manifest ? readdirSync(path.join(folder, 'store', streamFolderName(stream))) : [];
      expect(there.sort()).toEqual(manifest ? [...filesOf(manifest)].sort() : []);
    } finally {
      await test.store.close();
      await test.journal.close();
    }
  }

  it('shows the same state after every kill, at each step and at any moment', async () => {
    const folder = path.join(root, 'data');
    mkdirSync(folder);
    for (const crashAt of [...POINTS, undefined, undefined]) {
      const acknowledged = await live(folder, crashAt);
      await check(folder, acknowledged).catch((cause: unknown) => {
        throw new Error(`After a kill at ${crashAt ?? 'any moment'}`, { cause });
      });
    }
  }, 180_000);
});
