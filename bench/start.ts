/**
 * From `npm start` (everything installed and built) to all five products of Skyline served, on an empty data folder.
 * Baseline: Node itself starting and importing the engine's driver.
 *
 *     node scripts/bench.mjs start [runs]
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { packageRoot } from '../src/base/entry.ts';
import { WharfProcess } from '../test/support/wharf-process.ts';
import { median, timed } from './support/measure.ts';
import { processTreeRss } from './support/memory.ts';

const runs = Number(process.argv[2] ?? 5);
const ours: number[] = [];
const baseline: number[] = [];
let rss = 0;
for (let run = 0; run < runs; run++) {
  const bare = await timed(async () =>
    spawnSync(process.execPath, ['--input-type=module', '-e', "await import('@duckdb/node-api')"], {
      cwd: packageRoot,
    }),
  );
  baseline.push(bare.ms);
  const data = await mkdtemp(path.join(os.tmpdir(), 'wharf-start-'));
  const { ms, value: wharf } = await timed(async () => {
    const started = await WharfProcess.start({ mesh: path.join(packageRoot, 'examples', 'skyline'), data });
    await started.untilReady();
    return started;
  });
  rss = Math.max(rss, processTreeRss(wharf.pid));
  await wharf.stop();
  await rm(data, { recursive: true });
  ours.push(ms);
}
console.log(
  `start to five products served: ${(median(ours) / 1_000).toFixed(2)} s (median of ${runs}: ${ours.map((ms) => (ms / 1_000).toFixed(2)).join(', ')}; wanted <= 5 s); memory ${(rss / 1e6).toFixed(0)} MB`,
);
console.log(
  `baseline, node importing the engine's driver: ${(median(baseline) / 1_000).toFixed(2)} s; ratio ${(median(ours) / median(baseline)).toFixed(1)}`,
);
