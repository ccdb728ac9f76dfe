/**
 * A snapshot as a file, in every format: time, and how much memory it takes all processes while a reader takes it at full speed. "Flat"
 * means that ten times the rows take about the same memory. Baseline in the same run: DuckDB alone, Parquet to CSV.
 *
 *     node scripts/bench.mjs files [records]
 */
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { FILE_FORMATS, type FileFormat } from '../src/kit/reader.ts';
import { WharfProcess } from '../test/support/wharf-process.ts';
import { ndjsonToParquetMs } from './support/duckdb-baseline.ts';
import { count, sleep, timed, writeMesh } from './support/measure.ts';
import { processTreeRss } from './support/memory.ts';
import { ordersMesh, writeOrders } from './support/records.ts';

const records = Number(process.argv[2] ?? 3_000_000);
const SAMPLE_MS = 100;
/** LMDB's map and the caches of a capture are given back by and by; each format starts from its own resting memory. */
const REST_MS = 2_000;

interface Taken {
  readonly ms: number;
  readonly bytes: number;
  readonly restBytes: number;
  readonly peakBytes: number;
}

async function take(wharf: WharfProcess, format: FileFormat): Promise<Taken> {
  await sleep(REST_MS);
  const restBytes = processTreeRss(wharf.pid);
  let peakBytes = restBytes;
  const sampling = setInterval(() => {
    peakBytes = Math.max(peakBytes, processTreeRss(wharf.pid));
  }, SAMPLE_MS);
  try {
    const { ms, value } = await timed(async () => {
      const response = await fetch(`${wharf.url}/p/shop.orders/v1/files/orders.${format}`);
      if (!response.ok) throw new Error(`${format}: ${response.status} ${await response.text()}`);
      let bytes = 0;
      for await (const chunk of response.body ?? []) bytes += (chunk as Uint8Array).byteLength;
      return bytes;
    });
    return { ms, bytes: value, restBytes, peakBytes };
  } finally {
    clearInterval(sampling);
  }
}

async function measure(rows: number): Promise<Map<FileFormat, Taken>> {
  const mesh = await writeMesh(ordersMesh('{ from: file, path: data/*.ndjson, every: 100ms }'));
  const staged = path.join(mesh, 'orders.staged');
  await writeOrders(staged, rows);
  const parquetMs = await ndjsonToParquetMs(staged, path.join(mesh, 'baseline.parquet'));
  console.log(`baseline, ${count(rows)} rows, DuckDB alone, NDJSON to Parquet: ${count(parquetMs)} ms`);
  await import('node:fs/promises').then((fs) => fs.mkdir(path.join(mesh, 'data')));
  await rename(staged, path.join(mesh, 'data', 'orders.ndjson'));
  const wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
  const taken = new Map<FileFormat, Taken>();
  try {
    await wharf.untilReady(600_000);
    for (const format of FILE_FORMATS) taken.set(format, await take(wharf, format));
  } finally {
    await wharf.stop();
    await rm(mesh, { recursive: true });
  }
  return taken;
}

const mb = (bytes: number): string => count(bytes / 1e6).padStart(6);
for (const rows of [records / 10, records]) {
  console.log(`\n${count(rows)} rows    time, s   file, MB   at rest, MB   peak, MB   more, MB`);
  for (const [format, { ms, bytes, restBytes, peakBytes }] of await measure(rows)) {
    const cells = [(ms / 1_000).toFixed(1).padStart(8), mb(bytes), mb(restBytes), mb(peakBytes)];
    console.log(`${format.padEnd(12)} ${cells.join('     ')}     ${mb(peakBytes - restBytes)}`);
  }
}
