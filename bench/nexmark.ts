/**
 * The queries of Nexmark, each kept up to date alone while the auctions' events are pushed in batches: events a second, from the first push until the
 * product stands for the last. Baseline in the same run: plain DuckDB, with the same query over all events at once, from a file.
 *
 *     node scripts/bench.mjs nexmark [events] [queries, q0,q3]
 */
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type AuctionPush, auctionEvents, pushesOf } from '../examples/nexmark/events.mjs';
import { NEXMARK_QUERIES, NEXMARK_SOURCES, nexmarkFiles } from '../test/support/nexmark-files.ts';
import { WharfProcess } from '../test/support/wharf-process.ts';
import { cpuSeconds } from './support/cpu.ts';
import { pushLines, untilCaughtUp } from './support/derived.ts';
import { count, timed, writeMesh } from './support/measure.ts';

const events = Number(process.argv[2] ?? 500_000);
const chosen = process.argv[3]?.split(',');
const BATCH = 10_000;
const SEED = 42;

const pushes = [...pushesOf(auctionEvents({ seed: SEED, count: events }), BATCH)].flat();
const files = await nexmarkFiles();

interface Measured {
  readonly perSecond: number;
  readonly cpuMs: number;
}

/** What each batch's push holds is on disk before the next one goes. */
async function ours(query: string): Promise<Measured> {
  const kept = Object.entries(files).filter(
    ([name]) => !/^queries\//.test(name) || name.includes(`${query}.`),
  );
  const mesh = await writeMesh(new Map(kept));
  const wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
  try {
    await wharf.untilReady();
    const usedBefore = cpuSeconds(wharf.pid);
    const { ms } = await timed(async () => {
      for (const push of pushes) await send(wharf, push);
      await untilCaughtUp(wharf, `queries.${query}@1`);
    });
    return { perSecond: (events * 1_000) / ms, cpuMs: (cpuSeconds(wharf.pid) - usedBefore) * 1_000 };
  } finally {
    await wharf.stop();
    await rm(mesh, { recursive: true });
  }
}

function send(wharf: WharfProcess, { product, op, records }: AuctionPush): Promise<void> {
  const url = `${wharf.url}/p/auctions.${product}/v1/inputs/source?op=${op}`;
  return pushLines(
    url,
    records.map((record) => JSON.stringify(record)),
  );
}

/** A file of events to the query's answer, written as a file. */
async function baseline(query: string, file: string): Promise<Measured> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const used = process.cpuUsage();
  const { ms } = await timed(async () => {
    for (const [table, fields] of Object.entries(NEXMARK_SOURCES)) {
      const columns = Object.entries({ ...fields, nr: 'bigint', op: 'varchar', of: 'varchar' });
      const types = columns.map(([name, type]) => `${name}: '${type}'`).join(', ');
      const all = `select * from read_json('${file}', format = 'newline_delimited', columns = {${types}}) where "of" = '${table}'`;
      const last = `select * from (${all}) qualify row_number() over (partition by id order by nr desc) = 1`;
      await connection.run(
        `create table ${table} as select ${Object.keys(fields).join(', ')} from (${last}) where op = 'upsert'`,
      );
    }
    await connection.run(`copy (${files[`queries/${query}.sql`]}) to '${file}.${query}' (format json)`);
  });
  const { user, system } = process.cpuUsage(used);
  connection.closeSync();
  return { perSecond: (events * 1_000) / ms, cpuMs: (user + system) / 1_000 };
}

const all = pushes.flatMap(({ product, op, records }) =>
  records.map((record) => ({ ...record, op, of: product })),
);
const folder = await writeMesh(new Map());
const file = path.join(folder, 'events.ndjson');
await writeFile(file, all.map((event, nr) => `${JSON.stringify({ ...event, nr })}\n`).join(''));
console.log(
  `${count(events)} events (${count(all.length)} with those told twice or taken back), batches of ${count(BATCH)}`,
);
try {
  for (const query of NEXMARK_QUERIES.filter((name) => chosen?.includes(name) ?? true)) {
    const whole = await baseline(query, file);
    const kept = await ours(query);
    console.log(
      `${query}: ${count(kept.perSecond)} events/s, kept up to date all the time; plain DuckDB once over all: ${count(whole.perSecond)} events/s; ${(whole.perSecond / kept.perSecond).toFixed(1)} times as long, ${(kept.cpuMs / whole.cpuMs).toFixed(1)} times the processor time`,
    );
  }
} finally {
  await rm(folder, { recursive: true });
}
