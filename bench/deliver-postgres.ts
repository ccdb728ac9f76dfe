/**
 * Delivering into a table of Postgres: everything at once, beside COPY FROM STDIN by a plain client; and changes, beside batched upserts
 * by a plain client.
 *
 *     node scripts/bench.mjs deliver-postgres [rows] [changes]
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { DeliveryStatus } from '../src/runtime/deliver/delivery-task.ts';
import { findServer } from '../src/runtime/find-server.ts';
import { PostgresServer } from '../test/support/postgres-server.ts';
import { WharfProcess } from '../test/support/wharf-process.ts';
import { count, sleep, timed, writeMesh } from './support/measure.ts';

const rows = Number(process.argv[2] ?? 500_000);
const changes = Number(process.argv[3] ?? 100_000);
const PUSH_ROWS = 5_000;
const UPSERT_ROWS = 1_000;
const NOTE = 'x'.repeat(130);
const DELIVERY = '/p/bench.items/v1/deliveries/out';

const server = await PostgresServer.start({ keep: true, settings: { max_wal_size: '4GB' } });
const folder = await writeMesh(
  new Map([
    [
      'mesh.yaml',
      `mesh: bench
connections:
  warehouse: { type: postgres, host: 127.0.0.1, port: ${server.port}, database: postgres, user: postgres, password: "\${WAREHOUSE_PASSWORD}", tls: off }
`,
    ],
    [
      'items.product.yaml',
      `product: bench.items
version: 1.0.0
status: active
owner: bench
alignment: source
tier: silver
purpose: To be measured.
inputs: { source: { from: push } }
key: [id]
fields: { id: { type: integer, required: true }, customer: integer, total: "decimal(12,2)", note: string }
deliver: { out: { to: postgres, connection: warehouse, table: items } }
access: [{ allow: [anyone] }]
`,
    ],
  ]),
);
const data = path.join(folder, 'data');
const wharf = await WharfProcess.start({
  mesh: folder,
  data,
  env: { WAREHOUSE_PASSWORD: server.password },
});
try {
  await operate('pause');
  await push(rows, 0);
  await operate('replay');
  const loaded = await delivered(rows);
  const copied = await plainCopy();
  report('everything', rows, loaded, copied, 'COPY by a plain client');
  await operate('pause');
  await push(changes, 1);
  const changed = await delivered(rows + changes);
  const upserted = await plainUpserts();
  report('changes', changes, changed, upserted, `upserts of ${UPSERT_ROWS} rows by a plain client`);
  const [same] = await server.query<{ n: string }>(
    'select count(*) as n from ((table items except table plain) union all (table plain except table items)) d',
  );
  console.log(`rows that differ from what the plain client wrote: ${same?.n}`);
} finally {
  await wharf.stop();
  await server.remove();
  await rm(folder, { recursive: true, force: true });
}

function report(what: string, of: number, ms: number, plainMs: number, plain: string): void {
  const rate = (took: number) => count((of * 1_000) / took);
  console.log(
    `${what}: ${rate(ms)} rows/s, ${(ms / plainMs).toFixed(1)} times as long as ${plain} (${rate(plainMs)} rows/s)`,
  );
}

async function operate(what: 'pause' | 'resume' | 'replay'): Promise<void> {
  const { secret } = (await findServer(data)) ?? {};
  const answer = await fetch(`${wharf.url}${DELIVERY}/${what}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${secret}` },
  });
  if (!answer.ok) throw new Error((await answer.text()).slice(0, 500));
}

/** Rows of one round differ from those of another. */
async function push(many: number, round: number): Promise<void> {
  for (let at = 0; at < many; at += PUSH_ROWS) {
    const until = Math.min(many, at + PUSH_ROWS);
    const lines = Array.from({ length: until - at }, (_, i) => JSON.stringify(rowOf(at + i, round)));
    const answer = await fetch(`${wharf.url}/p/bench.items/v1/inputs/source`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-ndjson' },
      body: lines.join('\n'),
    });
    if (!answer.ok) throw new Error((await answer.text()).slice(0, 500));
  }
}

function rowOf(id: number, round: number) {
  return { id, customer: id % 9_973, total: `${id}.5${round}`, note: `${id} ${NOTE}` };
}

/** Milliseconds from resuming until the table holds the position. */
async function delivered(position: number): Promise<number> {
  const { ms } = await timed(async () => {
    await operate('resume');
    for (;;) {
      const status = await wharf.get<DeliveryStatus>(DELIVERY);
      if (status.position === position) return;
      if (status.lastError) throw new Error(JSON.stringify(status.lastError));
      await sleep(10);
    }
  });
  return ms;
}

async function plainCopy(): Promise<number> {
  await server.query(
    'create table plain (id bigint primary key, customer bigint, total numeric(12,2), note text)',
  );
  const client = await server.connect();
  const { ms } = await timed(() =>
    pipeline(Readable.from(csvOf(rows)), client.query(copyFrom('copy plain from stdin (format csv)'))),
  );
  await client.end();
  return ms;
}

function* csvOf(many: number): Generator<string> {
  for (let at = 0; at < many; at += UPSERT_ROWS)
    yield Array.from({ length: Math.min(UPSERT_ROWS, many - at) }, (_, i) => {
      const { id, customer, total, note } = rowOf(at + i, 0);
      return `${id},${customer},${total},${note}\n`;
    }).join('');
}

async function plainUpserts(): Promise<number> {
  const client = await server.connect();
  const sql =
    'insert into plain select * from unnest($1::bigint[], $2::bigint[], $3::numeric[], $4::text[]) on conflict (id) do update set customer = excluded.customer, total = excluded.total, note = excluded.note';
  const { ms } = await timed(async () => {
    for (let at = 0; at < changes; at += UPSERT_ROWS) {
      const batch = Array.from({ length: Math.min(UPSERT_ROWS, changes - at) }, (_, i) => rowOf(at + i, 1));
      await client.query(sql, [
        batch.map(({ id }) => id),
        batch.map(({ customer }) => customer),
        batch.map(({ total }) => total),
        batch.map(({ note }) => note),
      ]);
    }
  });
  await client.end();
  return ms;
}
