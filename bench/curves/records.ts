import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { WharfProcess } from '../../test/support/wharf-process.ts';
import { cpuSeconds } from '../support/cpu.ts';
import { ndjsonToParquetMs } from '../support/duckdb-baseline.ts';
import { sleep, timed, writeMesh } from '../support/measure.ts';
import { processTreeRss } from '../support/memory.ts';
import { ordersMesh, writeOrders } from '../support/records.ts';
import type { CostCurve } from './curve.ts';

const POLL_MS = 100;
const COUNT = '/p/shop.orders/v1/rows?limit=1&select=id&count=exact';

/** Records of 280 bytes and 12 fields with a key, from a file. */
export const records: CostCurve = {
  name: 'records',
  grows: 'records captured from a file',
  sizes: { quick: [10_000, 100_000], whole: [10_000, 100_000, 1_000_000, 10_000_000] },
  why: {
    'captured, processor ms':
      'runs are merged by fours and states made anew as they double: of more records, each is written more often',
  },
  async measure(size) {
    const mesh = await writeMesh(ordersMesh('{ from: file, path: data/*.ndjson, every: 100ms }'));
    const [staged, data] = [path.join(mesh, 'orders.staged'), path.join(mesh, '.wharf')];
    await writeOrders(staged, size);
    const baseline = await ndjsonToParquetMs(staged, path.join(mesh, 'baseline.parquet'));
    await mkdir(path.join(mesh, 'data'));
    let wharf = await WharfProcess.start({ mesh, data });
    try {
      const before = cpuSeconds(wharf.pid);
      const capture = await timed(async () => {
        await rename(staged, path.join(mesh, 'data', 'orders.ndjson'));
        await untilCaptured(wharf, size);
      });
      const cpu = cpuSeconds(wharf.pid) - before;
      const first = await timed(() => wharf.get(COUNT));
      const memory = processTreeRss(wharf.pid) / 1e6;
      await wharf.stop();
      const started = await timed(async () => {
        wharf = await WharfProcess.start({ mesh, data });
        await wharf.get(COUNT);
      });
      return {
        'captured, ms': capture.ms,
        'captured, processor ms': cpu * 1_000,
        'first count of all, ms': first.ms,
        'start until a count of all, ms': started.ms,
        'memory of all processes, MB': memory,
        'baseline, DuckDB alone to Parquet, ms': baseline,
      };
    } finally {
      await wharf.kill();
      await rm(mesh, { recursive: true });
    }
  },
};

async function untilCaptured(wharf: WharfProcess, size: number): Promise<void> {
  for (;;) {
    const { products } = await wharf.get<{ products: { position: number }[] }>('/api/status');
    if ((products[0]?.position ?? 0) >= size) return;
    await sleep(POLL_MS);
  }
}
