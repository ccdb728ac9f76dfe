/**
 * 500,000 NDJSON records of 280 bytes and 12 fields: file -> validated -> on disk -> queryable. The clock runs from when the
 * file appears until a count over REST gives them all. Baseline: DuckDB alone turning the same file into Parquet.
 *
 *     node scripts/bench.mjs capture [records] [runs]
 */
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { WharfProcess } from '../test/support/wharf-process.ts';
import { cpuSeconds } from './support/cpu.ts';
import { ndjsonToParquetMs } from './support/duckdb-baseline.ts';
import { count, median, sleep, timed, writeMesh } from './support/measure.ts';
import { processTreeRss } from './support/memory.ts';
import { ordersMesh, writeOrders } from './support/records.ts';

const records = Number(process.argv[2] ?? 500_000);
const runs = Number(process.argv[3] ?? 3);
const mesh = await writeMesh(ordersMesh('{ from: file, path: data/*.ndjson, every: 100ms }'));
const staged = path.join(mesh, 'orders.staged');
await writeOrders(staged, records);

async function positionOf(wharf: WharfProcess): Promise<number> {
  const { products } = await wharf.get<{ products: { position: number }[] }>('/api/status');
  return products[0]?.position ?? 0;
}

async function capture(run: number): Promise<{ ms: number; rss: number; cpu: number }> {
  const data = path.join(mesh, `.wharf-${run}`);
  const wharf = await WharfProcess.start({ mesh, data });
  const file = path.join(mesh, 'data', 'orders.ndjson');
  try {
    const before = cpuSeconds(wharf.pid);
    const { ms } = await timed(async () => {
      await rename(staged, file);
      while ((await positionOf(wharf)) < records) await sleep(50);
      // Asking all the time would measure the asking.
      const { count: found } = await wharf.get<{ count: number }>(
        '/p/shop.orders/v1/rows?limit=1&select=id&count=exact',
      );
      if (found !== records) throw new Error(`${records} records were journaled, ${found} rows are served`);
    });
    return { ms, rss: processTreeRss(wharf.pid), cpu: cpuSeconds(wharf.pid) - before };
  } finally {
    await rename(file, staged);
    await wharf.stop();
    await rm(data, { recursive: true });
  }
}

await import('node:fs/promises').then((fs) => fs.mkdir(path.join(mesh, 'data')));
const baseline: number[] = [];
const ours: number[] = [];
const cpu: number[] = [];
let rss = 0;
for (let run = 0; run < runs; run++) {
  baseline.push(await ndjsonToParquetMs(staged, path.join(mesh, 'baseline.parquet')));
  const result = await capture(run);
  ours.push(result.ms);
  cpu.push(result.cpu);
  rss = Math.max(rss, result.rss);
  console.log(
    `run ${run + 1}: wharf ${count((records * 1_000) / result.ms)}/s, DuckDB alone ${count((records * 1_000) / (baseline.at(-1) ?? 1))}/s`,
  );
}
const ratio = median(ours) / median(baseline);
console.log(
  `file -> validated -> on disk -> queryable: ${count((records * 1_000) / median(ours))} records/s (median of ${runs}; wanted 150,000)`,
);
console.log(
  `baseline, DuckDB alone to Parquet: ${count((records * 1_000) / median(baseline))} records/s; ratio of times ${ratio.toFixed(2)}`,
);
console.log(`processor time of all processes: ${((median(cpu) * 1e6) / records).toFixed(1)} us a record`);
console.log(`resident memory of all processes at the end: ${count(rss / 1e6)} MB`);
await rm(mesh, { recursive: true });
