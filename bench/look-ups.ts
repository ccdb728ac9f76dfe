/**
 * `GET /rows/{key}` over 1,000,000 keys from 32 connections. Baseline: a bare HTTP server that answers one stored row.
 *
 *     node scripts/bench.mjs look-ups [keys] [seconds]
 */

import { mkdir, rm } from 'node:fs/promises';
import { Agent, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { integerBetween, seededRandom } from '../src/base/random.ts';
import { WharfProcess } from '../test/support/wharf-process.ts';
import { count, percentile, writeMesh } from './support/measure.ts';
import { processTreeRss } from './support/memory.ts';
import { orderRecord, ordersMesh, writeOrders } from './support/records.ts';

const CONNECTIONS = 32;
/** Until the view of the keys stands, look-ups go through the engine; the load goes on meanwhile. */
const WARM_UP_SECONDS_MAX = 120;
const WARM_RATE = 1_000;
const keys = Number(process.argv[2] ?? 1_000_000);
const seconds = Number(process.argv[3] ?? 10);

async function load(
  urlOf: (key: number) => string,
  forSeconds: number,
): Promise<{ rate: number; latencies: number[] }> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const random = seededRandom(42);
  const until = performance.now() + forSeconds * 1_000;
  const latencies: number[] = [];
  const client = async () => {
    while (performance.now() < until) {
      const key = integerBetween(random, 1, keys);
      const started = performance.now();
      await new Promise<void>((resolve, reject) => {
        get(urlOf(key), { agent }, (response) => {
          let body = '';
          response.on('data', (chunk) => {
            body += chunk;
          });
          response.on('end', () =>
            response.statusCode === 200 && body.includes(`"id":${key},`)
              ? resolve()
              : reject(new Error(`${response.statusCode}: ${body.slice(0, 200)}`)),
          );
        }).on('error', reject);
      });
      latencies.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  agent.destroy();
  return { rate: latencies.length / forSeconds, latencies };
}

const bare = createServer((request, response) => response.end(orderRecord(Number(request.url?.slice(1)))));
await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve));
const bareUrl = `http://127.0.0.1:${(bare.address() as AddressInfo).port}/`;
const baseline = await load((key) => `${bareUrl}${key}`, seconds);
bare.closeAllConnections();
bare.close();

const mesh = await writeMesh(ordersMesh('{ from: file, path: data/*.ndjson, every: 100ms }'));
await mkdir(path.join(mesh, 'data'));
await writeOrders(path.join(mesh, 'data', 'orders.ndjson'), keys);
const wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
await wharf.untilReady(300_000);
const urlOf = (key: number) => `${wharf.url}/p/shop.orders/v1/rows/${key}`;
const warmingStarted = performance.now();
while (
  (await load(urlOf, 2)).rate < WARM_RATE &&
  performance.now() - warmingStarted < WARM_UP_SECONDS_MAX * 1_000
);
const warmUpSeconds = (performance.now() - warmingStarted) / 1_000;
const ours = await load(urlOf, seconds);
const rss = processTreeRss(wharf.pid);
await wharf.stop();
await rm(mesh, { recursive: true });

console.log(
  `GET /rows/{key}, ${count(keys)} keys, ${CONNECTIONS} connections: ${count(ours.rate)}/s, p99 ${percentile(ours.latencies, 0.99).toFixed(1)} ms (wanted 3,000/s, 25 ms); memory ${count(rss / 1e6)} MB; warm after ${warmUpSeconds.toFixed(0)} s`,
);
console.log(
  `baseline, a server that looks nothing up: ${count(baseline.rate)}/s, p99 ${percentile(baseline.latencies, 0.99).toFixed(1)} ms; ratio of rates ${(ours.rate / baseline.rate).toFixed(2)}`,
);
