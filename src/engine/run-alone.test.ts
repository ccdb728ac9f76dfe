import { mkdtempSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../base/clock.ts';
import { INTERRUPT_GRACE_MS } from './limits.ts';
import { startTestEngine } from './test-engine.ts';

/** Sorting wide rows has run out of memory by then, and by one thread alone takes some four times as long. */
const OUT_OF_MEMORY_MS = 600;

describe('an engine that ran out of memory', () => {
  it('runs by one thread alone what takes more memory with several, one such statement at a time', async () => {
    // Each thread holds two thousand rows of all columns in each step.
    const engine = startTestEngine({ threads: 4, memoryMb: 160 });
    try {
      const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'wharf-wide-')), 'wide.parquet');
      const columns = Array.from({ length: 600 }, (_, i) => `i + ${i} as c${i}`).join(', ');
      const rows = `select ${columns} from range(16384) r(i)`;
      await engine.run(`copy (${rows}) to '${file}' (format parquet, row_group_size 2048)`);
      const names = Array.from({ length: 600 }, (_, i) => `max(c${i})`).join(', ');
      const wide = `select ${names} from (select * from (select * from read_parquet('${file}') where c0 % 2 = 0) where c1 % 3 = 0)`;
      const answers = await Promise.all([engine.run(wide), engine.run(wide)]);
      // The largest even number of which the next one divides by three.
      for (const { rows } of answers) expect(rows[0]?.slice(0, 2)).toEqual([16_382n, 16_383n]);
    } finally {
      await engine.close();
    }
  });

  it('gives what runs alone twice the memory, of which sorting wide rows needs much', async () => {
    const engine = startTestEngine({ threads: 2, memoryMb: 100 });
    try {
      const folder = mkdtempSync(path.join(os.tmpdir(), 'wharf-wide-'));
      const columns = Array.from({ length: 300 }, (_, i) => (i % 2 ? `i + ${i}` : `'text ' || i`));
      const rows = `select ${columns.map((column, i) => `${column} as c${i}`).join(', ')}, hash(i) as h from range(30_000) r(i)`;
      const format = '(format parquet, row_group_size 4096)';
      await engine.run(`copy (${rows}) to '${folder}/wide.parquet' ${format}`);
      await engine.run(
        `copy (from read_parquet('${folder}/wide.parquet') order by h) to '${folder}/sorted.parquet' ${format}`,
      );
      const sorted = await engine.run(
        `select count(*), bool_and(h >= before), sum(c1) from (select *, lag(h) over () as before from read_parquet('${folder}/sorted.parquet'))`,
      );
      expect(sorted.rows).toEqual([[30_000n, true, 450_015_000n]]);
    } finally {
      await engine.close();
    }
  });

  it('lets go at once of what waits to run alone, without harm to what does', async () => {
    const clock = new VirtualClock(0);
    const folder = mkdtempSync(path.join(os.tmpdir(), 'wharf-wide-'));
    const engine = startTestEngine({ threads: 2, memoryMb: 100, clock, temporaryFolder: folder });
    try {
      const columns = Array.from({ length: 300 }, (_, i) => (i % 2 ? `i as c${i}` : `'text ' || i as c${i}`));
      const format = '(format parquet, row_group_size 2048)';
      const wide = engine.run(
        `copy (select ${columns.join(', ')}, hash(i) as h from range(60_000) r(i)) to '${folder}/wide.parquet' ${format}`,
      );
      clock.advance(1);
      await wide;
      const sort = (name: string, signal = new AbortController().signal) =>
        engine.run(
          `copy (from read_parquet('${folder}/wide.parquet') order by h) to '${folder}/${name}.parquet' ${format}`,
          { signal },
        );
      const alone = sort('first');
      // Told below.
      alone.catch(() => undefined);
      const isAlone = () =>
        readdirSync(folder, { recursive: true }).some((name) => path.basename(`${name}`) === 'alone');
      await expect.poll(isAlone, { timeout: 20_000, interval: 5 }).toBe(true);
      const stop = new AbortController();
      const second = sort('second', stop.signal).catch((error: unknown) => error);
      await sleep(OUT_OF_MEMORY_MS);
      stop.abort(new Error('gone'));
      await Promise.race([second, sleep(OUT_OF_MEMORY_MS)]);
      clock.advance(INTERRUPT_GRACE_MS + 1);
      expect(((await second) as Error).message).toBe('gone');
      await alone;
    } finally {
      await engine.close();
    }
  });
});
