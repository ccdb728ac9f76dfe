/**
 * Reading a table of Postgres: the first copy until it can be queried, beside COPY TO STDOUT by a plain client; and changes, from the
 * commit at the source to a client of the stream.
 *
 *     node scripts/bench.mjs postgres-input [rows] [changes a second] [seconds]
 */
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { breakOff, CopyStream } from '../src/inputs/postgres/copy-stream.ts';
import { openPostgres } from '../src/kit/postgres-client.ts';
import { PostgresServer } from '../test/support/postgres-server.ts';
import { WharfProcess } from '../test/support/wharf-process.ts';

const rows = Number(process.argv[2] ?? 2_000_000);
const changesPerSecond = Number(process.argv[3] ?? 1_000);
const seconds = Number(process.argv[4] ?? 10);
const WORDS = 130;

const server = await PostgresServer.start({ keep: true, settings: { max_wal_size: '4GB' } });
const folder = await mkdtemp(path.join(os.tmpdir(), 'wharf-bench-'));
try {
  await fill();
  const plain = await plainCopy();
  console.log(`COPY TO STDOUT alone: ${perSecond(rows, plain)} rows/s`);
  const wharf = await start();
  const startedMs = performance.now();
  await wharf.untilReady(600_000);
  const { count } = await wharf
    .get<{ count: number }>('/p/test.items/v1/rows?limit=1&count=exact')
    .catch(() => ({ count: -1 }));
  const copied = performance.now() - startedMs;
  console.log(
    `first copy, to queryable: ${perSecond(rows, copied)} rows/s (${count} rows), ${(copied / plain).toFixed(1)} times as long`,
  );
  console.log(`processor time of the main process so far: ${(processorMs(wharf.pid) / 1_000).toFixed(1)} s`);
  await changes(wharf);
  await wharf.stop();
} finally {
  await server.remove();
  await rm(folder, { recursive: true, force: true });
}

async function fill(): Promise<void> {
  await server.query(`create table items (id bigint primary key, customer int, at timestamptz, total numeric(12,2), state text, note text);
    insert into items select n, n % 9973, timestamptz '2001-01-31' + n * interval '1 second', n / 100.0, 'open', rpad(md5(n::text), ${WORDS}, 'x')
    from generate_series(1, ${rows}) n; analyze items`);
}

async function plainCopy(): Promise<number> {
  const client = await server.connect();
  const startedMs = performance.now();
  const connection = { name: 'plain', type: 'postgres', options: {} };
  const stream = new CopyStream(client, connection, 'copy items to stdout', {
    decode: (bytes) => bytes.length,
  });
  const { signal } = new AbortController();
  while (await stream.take(signal));
  const tookMs = performance.now() - startedMs;
  await client.end();
  return tookMs;
}

async function start(): Promise<WharfProcess> {
  const mesh = path.join(folder, 'mesh');
  await mkdir(mesh);
  await writeFile(
    path.join(mesh, 'mesh.yaml'),
    `mesh: bench
connections:
  shop: { type: postgres, host: 127.0.0.1, port: ${server.port}, database: postgres, user: postgres, password: "\${SHOP_PASSWORD}", tls: off }
`,
  );
  await writeFile(
    path.join(mesh, 'items.product.yaml'),
    `product: test.items
version: 1.0.0
status: active
owner: bench
alignment: source
tier: silver
purpose: To be measured.
inputs: { items: { from: postgres, connection: shop, table: items } }
key: [id]
fields: { id: integer, customer: integer, at: timestamp, total: "decimal(12,2)", state: string, note: string }
access: [{ allow: [anyone] }]
`,
  );
  return WharfProcess.start({
    mesh,
    data: path.join(folder, 'data'),
    env: { SHOP_PASSWORD: server.password },
  });
}

/** Each transaction writes its time into rows; the stream's reader compares it with its own. */
async function changes(wharf: WharfProcess): Promise<void> {
  const stop = new AbortController();
  const lags: number[] = [];
  let seen = 0;
  const reading = follow(wharf, stop.signal, (sentMs) => {
    seen += 1;
    lags.push(Date.now() - sentMs);
  });
  const plain = await followPlainly();
  const client = await server.connect();
  const perTick = Math.max(1, Math.round(changesPerSecond / 100));
  const startedMs = Date.now();
  let sent = 0;
  while (Date.now() - startedMs < seconds * 1_000) {
    const dueMs = startedMs + (sent / changesPerSecond) * 1_000;
    if (dueMs > Date.now()) await new Promise((resolve) => setTimeout(resolve, dueMs - Date.now()));
    const from = (sent % (rows - perTick)) + 1;
    await client.query(
      `update items set state = '${Date.now()}' where id between ${from} and ${from + perTick - 1}`,
    );
    sent += perTick;
  }
  const sentMs = Date.now() - startedMs;
  while (seen < sent && Date.now() - startedMs < (seconds + 60) * 1_000)
    await new Promise((resolve) => setTimeout(resolve, 10));
  const doneMs = Date.now() - startedMs;
  stop.abort();
  await reading.catch(() => undefined);
  await client.end();
  const plainLags = await plain.stop();
  console.log(
    `changes: sent ${perSecond(sent, sentMs)}/s, seen ${seen} of ${sent} at ${perSecond(seen, doneMs)}/s; commit -> stream ${spread(lags)}, commit -> plain client of the log ${spread(plainLags)}`,
  );
}

/** What replication itself takes on this machine: the same messages, read by a client that does nothing else. */
async function followPlainly(): Promise<{ stop(): Promise<number[]> }> {
  await server.query(`create publication plain for table items`);
  await server.query(`select pg_create_logical_replication_slot('plain', 'pgoutput')`);
  const { port, user, password } = server;
  const options = { host: '127.0.0.1', port, database: 'postgres', user, password, tls: 'off' };
  const connection = { name: 'plain', type: 'postgres', options };
  const reveal = (text: string) => text;
  const client = await openPostgres({ connection, reveal, baseFolder: '/' }, { replication: true });
  const lags: number[] = [];
  const decode = (bytes: Buffer) => {
    const sentMs = /t\0\0\0\r(1\d{12})/.exec(bytes.toString('latin1'))?.[1];
    if (sentMs) lags.push(Date.now() - Number(sentMs));
    return undefined;
  };
  const sql = `START_REPLICATION SLOT plain LOGICAL 0/0 (proto_version '1', publication_names 'plain')`;
  const stream = new CopyStream(client, connection, sql, { decode });
  const ended = stream.take(new AbortController().signal).catch(() => undefined);
  return {
    stop: async () => {
      breakOff(client);
      await ended;
      return lags;
    },
  };
}

function spread(lags: number[]): string {
  lags.sort((a, b) => a - b);
  const at = (share: number) => lags[Math.floor((lags.length - 1) * share)];
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}

async function follow(
  wharf: WharfProcess,
  signal: AbortSignal,
  onRecord: (sentMs: number) => void,
): Promise<void> {
  const response = await fetch(`${wharf.url}/p/test.items/v1/stream?from=latest`, { signal });
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body ?? []) {
    rest += decoder.decode(chunk as Uint8Array, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const state = line.startsWith('data:') ? /"state":"(\d{13})"/.exec(line)?.[1] : undefined;
      if (state) onRecord(Number(state));
    }
  }
}

/** Of a process and its threads; engines are processes of their own. */
function processorMs(pid: number): number {
  const [, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user = 0, system = 0] = fields.join(') ').split(' ').slice(11, 13).map(Number);
  return (user + system) * 10;
}

function perSecond(count: number, ms: number): string {
  return Math.round((count * 1_000) / ms).toLocaleString('en-US');
}
