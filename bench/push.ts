/**
 * Push, batches of 1,000 records of 280 bytes from 4 clients, each acknowledged when on disk.
 * Baseline: the same bodies to a bare HTTP server that only reads them.
 *
 *     node scripts/bench.mjs push [batches]
 */

import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { WharfProcess } from '../test/support/wharf-process.ts';
import { count, percentile, timed, writeMesh } from './support/measure.ts';
import { orderRecord, ordersMesh } from './support/records.ts';

const BATCH = 1_000;
const CLIENTS = 4;
const batches = Number(process.argv[2] ?? 400);
const bodies = Array.from({ length: Math.min(batches, 100) }, (_, i) =>
  Buffer.from(Array.from({ length: BATCH }, (_, j) => `${orderRecord(i * BATCH + j + 1)}\n`).join('')),
);

async function send(url: string): Promise<{ ms: number; latencies: number[] }> {
  let next = 0;
  const latencies: number[] = [];
  const client = async () => {
    for (let i = next++; i < batches; i = next++) {
      const body = bodies[i % bodies.length] as Buffer;
      const { ms, value } = await timed(() =>
        fetch(url, {
          method: 'POST',
          body: new Uint8Array(body),
          headers: { 'Content-Type': 'application/x-ndjson' },
        }),
      );
      if (value.status !== 200) throw new Error(`${value.status}: ${(await value.text()).slice(0, 300)}`);
      await value.arrayBuffer();
      latencies.push(ms);
    }
  };
  const { ms } = await timed(() => Promise.all(Array.from({ length: CLIENTS }, client)));
  return { ms, latencies };
}

const bare = createServer((request, response) => {
  request.on('data', () => undefined);
  request.on('end', () => response.end('{}'));
});
await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve));
const baseline = await send(`http://127.0.0.1:${(bare.address() as AddressInfo).port}/`);
bare.close();

const mesh = await writeMesh(ordersMesh('{ from: push }'));
const wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
const ours = await send(`${wharf.url}/p/shop.orders/v1/inputs/source`);
const { products } = await wharf.get<{ products: { position: number }[] }>('/api/status');
if (products[0]?.position !== batches * BATCH)
  throw new Error(`acknowledged ${batches * BATCH}, journaled ${products[0]?.position}`);
await wharf.stop();
await rm(mesh, { recursive: true });

const rate = (ms: number) => (batches * BATCH * 1_000) / ms;
console.log(
  `push, batches of ${BATCH}, ${CLIENTS} clients: ${count(rate(ours.ms))} records/s (wanted 60,000); p99 ${percentile(ours.latencies, 0.99).toFixed(0)} ms a batch`,
);
console.log(
  `baseline, a server that only reads the bodies: ${count(rate(baseline.ms))} records/s; ratio of times ${(ours.ms / baseline.ms).toFixed(2)}`,
);
