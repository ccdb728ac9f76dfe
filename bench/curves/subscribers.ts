import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { WharfProcess } from '../../test/support/wharf-process.ts';
import { cpuSeconds } from '../support/cpu.ts';
import { pushLines } from '../support/derived.ts';
import { sleep, timed, writeMesh } from '../support/measure.ts';
import { processTreeRss } from '../support/memory.ts';
import { orderRecord, ordersMesh } from '../support/records.ts';
import type { CostCurve } from './curve.ts';

/** Records, fewer for many: each is handed to all of them. */
const RECORDS = 50;
const HANDED_MAX = 100_000;
const WAIT_MAX_MS = 300_000;
const POLL_MS = 2;
const OPENED_AT_ONCE = 200;
const EVENTS = /"id":/g;

/** So many clients of one product's stream, up to the most that it takes: what it costs until all have a record. */
export const subscribers: CostCurve = {
  name: 'subscribers',
  grows: 'subscribers of a stream',
  sizes: { quick: [10, 100, 1_000], whole: [10, 100, 1_000, 3_000, 10_000] },
  why: {
    'processor ms a record':
      'nearly all of it is the system, which writes to each socket; the baseline goes the same way',
    'from a push until all have it, ms': 'the baseline goes the same way: the system writes to each socket',
    'baseline, a server without a log, ms':
      'the more sockets, the less of what the system keeps for them is in the processor',
  },
  async measure(size) {
    const mesh = await writeMesh(ordersMesh('{ from: push }'));
    const wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
    const url = `${wharf.url}/p/shop.orders/v1`;
    try {
      const restMb = processTreeRss(wharf.pid) / 1e6;
      const crowd = await Crowd.open(`${url}/stream?from=latest`, size);
      let number = 1;
      const push = () => pushLines(`${url}/inputs/source`, [orderRecord(number++)]);
      await crowd.until(push, size);
      const idleMb = processTreeRss(wharf.pid) / 1e6;
      const before = cpuSeconds(wharf.pid);
      const records = recordsFor(size);
      const all = await timed(async () => {
        for (let i = 0; i < records; i++) await crowd.until(push, size);
      });
      const cpu = cpuSeconds(wharf.pid) - before;
      const memory = processTreeRss(wharf.pid) / 1e6 - restMb;
      crowd.close();
      return {
        'from a push until all have it, ms': all.ms / records,
        'processor ms a record': (cpu * 1_000) / records,
        'memory once all follow, MB more than at rest': idleMb - restMb,
        'memory after the records, MB more than at rest': memory,
        'baseline, a server without a log, ms': await bare(size),
      };
    } finally {
      await wharf.kill();
      await rm(mesh, { recursive: true });
    }
  },
};

function recordsFor(size: number): number {
  return Math.min(RECORDS, Math.ceil(HANDED_MAX / size));
}

/** A server that hands what it is told to all who listen; a process of its own, whose files are not counted with those of the clients. */
const BARE = `
const listeners = new Set();
const server = require('node:http').createServer((_, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.flushHeaders();
  listeners.add(response);
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => process.send(server.address().port));
process.on('message', (text) => listeners.forEach((listener) => listener.write(text)));
`;

/** Milliseconds until a bare server has handed one record to all. */
async function bare(size: number): Promise<number> {
  const server: ChildProcess = spawn(process.execPath, ['-e', BARE], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [port] = (await once(server, 'message')) as [number];
  const crowd = await Crowd.open(`http://127.0.0.1:${port}/`, size);
  const push = async () => {
    server.send(`data: ${orderRecord(1)}\n\n`);
  };
  const records = recordsFor(size);
  await crowd.until(push, size);
  const all = await timed(async () => {
    for (let i = 0; i < records; i++) await crowd.until(push, size);
  });
  crowd.close();
  server.kill();
  return all.ms / records;
}

/** Clients that do nothing but count the records that came. */
class Crowd {
  readonly #sockets: Socket[] = [];
  #came = 0;

  static async open(url: string, size: number): Promise<Crowd> {
    const crowd = new Crowd();
    for (let first = 0; first < size; first += OPENED_AT_ONCE) {
      const count = Math.min(OPENED_AT_ONCE, size - first);
      await Promise.all(Array.from({ length: count }, () => crowd.#one(url)));
    }
    return crowd;
  }

  /** Resolves once the head of the answer came: from then on it is told of what is new. */
  #one(url: string): Promise<void> {
    const { hostname, port, pathname, search, host } = new URL(url);
    const socket = connect(Number(port), hostname);
    this.#sockets.push(socket);
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      socket.on('data', (chunk) => {
        resolve();
        this.#came += chunk.toString('latin1').match(EVENTS)?.length ?? 0;
      });
    });
  }

  /** Until each has one record more. */
  async until(push: () => Promise<void>, size: number): Promise<void> {
    const wanted = this.#came + size;
    const deadline = performance.now() + WAIT_MAX_MS;
    await push();
    while (this.#came < wanted) {
      if (performance.now() > deadline) throw new Error(`${wanted - this.#came} of ${size} did not get it`);
      await sleep(POLL_MS);
    }
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
