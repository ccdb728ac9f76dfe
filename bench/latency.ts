/**
 * From a push to an SSE client: 1,000 single records a second for 30 s at a constant rate; the clock of a record starts when it
 * was due, so that a stall counts for all that waited. Baseline: a bare HTTP server that hands bodies on to an SSE client.
 *
 *     node scripts/bench.mjs latency [seconds]
 */

import { rm } from 'node:fs/promises';
import { Agent, createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { WharfProcess } from '../test/support/wharf-process.ts';
import { percentile, sleep, writeMesh } from './support/measure.ts';
import { orderRecord, ordersMesh } from './support/records.ts';

const RATE = 1_000;
const seconds = Number(process.argv[2] ?? 30);
/** A process that has just begun is still loading: these first seconds are sent, and not counted. */
const WARM_UP_SECONDS = 3;
const total = RATE * (WARM_UP_SECONDS + seconds);

/** Sends at the rate, and resolves to each record's milliseconds from when it was due to when the stream gave it. */
async function measure(pushUrl: string, streamUrl: string): Promise<number[]> {
  const dueMs = new Map<number, number>();
  const latencies: number[] = [];
  let came = 0;
  const stop = new AbortController();
  const stream = await fetch(streamUrl, { signal: stop.signal });
  const reading = (async () => {
    let rest = '';
    for await (const chunk of stream.body ?? []) {
      rest += Buffer.from(chunk as Uint8Array).toString();
      const events = rest.split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) {
        const id = /"id":(\d+)/.exec(event)?.[1];
        const due = id === undefined ? undefined : dueMs.get(Number(id));
        if (due === undefined) continue;
        came += 1;
        if (came > RATE * WARM_UP_SECONDS) latencies.push(performance.now() - due);
      }
      if (came >= total) return;
    }
  })();
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const answers: Promise<void>[] = [];
  const started = performance.now();
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - started) * RATE) / 1_000));
    for (; sent < due; sent++) {
      dueMs.set(sent + 1, started + (sent * 1_000) / RATE);
      answers.push(post(agent, pushUrl, orderRecord(sent + 1)));
    }
    await sleep(1);
  }
  await Promise.race([reading, sleep(10_000)]);
  // The stream may give a record before its push is answered.
  await Promise.all(answers);
  stop.abort();
  agent.destroy();
  await reading.catch(() => undefined);
  return latencies;
}

function post(agent: Agent, url: string, body: string): Promise<void> {
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', resolve);
      if (response.statusCode !== 200) reject(new Error(`push answered ${response.statusCode}`));
    });
    call.once('error', reject);
    call.end(body);
  });
}

let listener: ServerResponse | undefined;
const bare = createServer((incoming, outgoing) => {
  if (incoming.method === 'GET') {
    listener = outgoing;
    outgoing.writeHead(200, { 'Content-Type': 'text/event-stream' });
    outgoing.flushHeaders();
    return;
  }
  let body = '';
  incoming.on('data', (chunk) => {
    body += chunk;
  });
  incoming.on('end', () => {
    listener?.write(`data: ${body}\n\n`);
    outgoing.end('{}');
  });
});
await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve));
const bareUrl = `http://127.0.0.1:${(bare.address() as AddressInfo).port}/`;
const baseline = await measure(bareUrl, bareUrl);
bare.closeAllConnections();
bare.close();

const mesh = await writeMesh(ordersMesh('{ from: push }'));
const wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
const ours = await measure(
  `${wharf.url}/p/shop.orders/v1/inputs/source`,
  `${wharf.url}/p/shop.orders/v1/stream?from=latest`,
);
await wharf.stop();
await rm(mesh, { recursive: true });

const text = (values: readonly number[]) =>
  [0.5, 0.99, 0.999].map((share) => `p${share * 100} ${percentile(values, share).toFixed(1)} ms`).join(', ');
console.log(
  `push to SSE client, ${RATE} single records/s for ${seconds} s: ${text(ours)}; ${ours.length} of ${RATE * seconds} came (wanted p99 <= 50 ms)`,
);
console.log(
  `baseline, a server without a log: ${text(baseline)}; ratio of p99 ${(percentile(ours, 0.99) / percentile(baseline, 0.99)).toFixed(1)}`,
);
