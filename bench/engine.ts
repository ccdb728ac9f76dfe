/**
 * What the engine's own process costs: round trips of a tiny query, and pages of rows, beside DuckDB in this process, in the
 * same run; and rows written as Arrow beside rows written as Parquet.
 *
 *     node scripts/build.mjs && node scripts/bench.mjs engine
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { formatBytes } from '../src/base/duration.ts';
import { silentLog } from '../src/base/log.ts';
import { startEngine } from '../src/engine/start-engine.ts';
import { count, timed } from './support/measure.ts';

const MEASURED_MS = 2_000;
const AT_ONCE = 8;
const ARROW_ROWS = 3_000_000;
const TINY = 'select 1';
const PAGE = `select '{"i":' || i || ',"text":"' || repeat('x', 250) || '"}' from range(1000) t(i)`;

const folder = mkdtempSync(path.join(os.tmpdir(), 'wharf-bench-'));
const engine = startEngine({
  role: 'reader',
  temporaryFolder: folder,
  memoryMb: 256,
  threads: 2,
  log: silentLog,
});
const database = await DuckDBInstance.create(':memory:', { threads: '2' });
const connections = await Promise.all(Array.from({ length: AT_ONCE }, () => database.connect()));

/** Calls a second, with `callers` of them at once. */
async function rate(callers: number, call: (caller: number) => Promise<unknown>): Promise<number> {
  let calls = 0;
  const started = performance.now();
  const until = started + MEASURED_MS;
  const one = async (caller: number) => {
    for (; performance.now() < until; calls++) await call(caller);
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => one(caller)));
  return (calls * 1_000) / (performance.now() - started);
}

async function compare(name: string, callers: number, sql: string): Promise<void> {
  const here = await rate(callers, async (i) => (await connections[i]?.run(sql))?.getRows());
  const there = await rate(callers, () => engine.run(sql));
  console.log(
    `${name}: ${count(there)}/s; in this process ${count(here)}/s; ratio ${(there / here).toFixed(2)}`,
  );
}

try {
  await engine.run(TINY);
  await compare('select 1, one at a time', 1, TINY);
  await compare(`select 1, ${AT_ONCE} at once`, AT_ONCE, TINY);
  await compare('1,000 rows of 260 bytes, one at a time', 1, PAGE);

  const query = `select i, 'a text of some thirty characters ' || i as s, i / 7 as d from range(${ARROW_ROWS}) t(i)`;
  const before = await engine.rssBytes();
  let peak = before;
  const watch = setInterval(async () => {
    peak = Math.max(peak, await engine.rssBytes());
  }, 50);
  const arrow = await timed(() => engine.writeArrow(query, path.join(folder, 'rows.arrow')));
  clearInterval(watch);
  const parquet = await timed(() => engine.run(`copy (${query}) to '${path.join(folder, 'rows.parquet')}'`));
  const perSecond = (ms: number) => count((ARROW_ROWS * 1_000) / ms);
  console.log(
    `Arrow: ${perSecond(arrow.ms)} rows/s (${formatBytes(statSync(path.join(folder, 'rows.arrow')).size)}, memory +${formatBytes(peak - before)}); ` +
      `Parquet ${perSecond(parquet.ms)} rows/s; ratio ${(parquet.ms / arrow.ms).toFixed(2)}`,
  );
} finally {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
}
