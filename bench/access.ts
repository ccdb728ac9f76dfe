/**
 * What access costs: one decision; a page of rows that is filtered and masked, to the same page of a product that anyone may read, asked in turns;
 * and a product that is hidden, to one that is not there.
 *
 *     node scripts/bench.mjs access [rows] [rounds]
 */
import { rm } from 'node:fs/promises';
import { decide } from '../src/access/decide.ts';
import { systemClock } from '../src/base/clock.ts';
import type { AccessRule } from '../src/spec/model.ts';
import { serveHere } from '../test/support/serve-here.ts';
import { percentile, writeMesh } from './support/measure.ts';

const rows = Number(process.argv[2] ?? 20_000);
const rounds = Number(process.argv[3] ?? 300);
const DECISIONS = 200_000;
const BATCH = 5_000;

function microsecondsOfADecision(): number {
  const rules = Array.from({ length: 8 }, (_, i): AccessRule => {
    return {
      ...{ effect: i === 6 ? 'deny' : 'allow', who: [`team:t${i}`, `user:u${i}`], ports: ['sql', 'rest'] },
      ...{
        actions: undefined,
        rows: `level > ${i}`,
        mask: { note: null },
        purpose: undefined,
        until: '2098-12-31',
      },
      place: { file: 'a.product.yaml', line: 1, column: 1 },
    };
  });
  const product = { id: 'shop.orders@1', name: 'shop.orders', owner: 'sales', access: rules };
  const teams = ['t1', 't3', 't5', 't7'];
  const principal = { kind: 'user', name: 'ana', teams, attributes: {} } as const;
  const ask = { principal, action: 'read', port: 'rest', nowMs: Date.now() } as const;
  const before = process.cpuUsage();
  for (let i = 0; i < DECISIONS; i++) if (!decide(product, ask).allowed) throw new Error('refused');
  const { user, system } = process.cpuUsage(before);
  return (user + system) / DECISIONS;
}

function spec(name: string, access: string): string {
  return `product: bench.${name}
version: 1.0.0
owner: owners
alignment: source
tier: bronze
purpose: To be measured.
inputs: { source: { from: push } }
key: [id]
fields: { id: { type: integer, required: true }, region: string, level: integer, note: string, amount: "decimal(12,2)" }
access: [${access}]
`;
}

const files = {
  'mesh.yaml': 'mesh: access\n',
  'open.product.yaml': spec('open', '{ allow: [anyone] }'),
  'part.product.yaml': spec(
    'part',
    '{ allow: [anyone], rows: "level >= 0", mask: { note: { hash: true } } }',
  ),
  'hidden.product.yaml': spec('hidden', '{ allow: [user:nobody] }'),
};
const folder = await writeMesh(new Map(Object.entries(files)));
const serving = await serveHere(folder, systemClock);

async function push(product: string): Promise<void> {
  for (let from = 0; from < rows; from += BATCH) {
    const body = Array.from({ length: Math.min(BATCH, rows - from) }, (_, i) => {
      const id = from + i;
      return { id, region: `r${id % 7}`, level: id % 5, note: `note ${id}`, amount: `${id}.25` };
    });
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${serving.secret}` };
    const url = `${serving.url}/p/bench.${product}/v1/inputs/source`;
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
  }
}

/** Milliseconds of each, asked one after another in turns. */
async function inTurns(targets: readonly string[], status: number): Promise<number[][]> {
  const times = targets.map((): number[] => []);
  for (let round = -20; round < rounds; round++)
    for (const [i, target] of targets.entries()) {
      const started = performance.now();
      const answer = await fetch(`${serving.url}${target}`);
      await answer.text();
      if (answer.status !== status) throw new Error(`${target} answered ${answer.status}`);
      if (round >= 0) times[i]?.push(performance.now() - started);
    }
  return times.map((each) => each.sort((a, b) => a - b));
}

const figure = (value: number) => value.toFixed(2);
console.log(`a decision over 8 rules: ${figure(microsecondsOfADecision())} microseconds of processor time`);
for (const product of ['open', 'part']) await push(product);
const page = '/rows?limit=100&region=eq.r3';
const [open = [], part = []] = await inTurns([`/p/bench.open/v1${page}`, `/p/bench.part/v1${page}`], 200);
const [openMs, partMs] = [percentile(open, 0.5), percentile(part, 0.5)];
console.log(
  `a page of ${rows} rows: ${figure(openMs)} ms open, ${figure(partMs)} ms filtered and masked: ${figure(partMs / openMs)} x`,
);
const [hidden = [], absent = []] = await inTurns(['/p/bench.hidden/v1/rows', '/p/bench.absent/v1/rows'], 404);
const [hiddenMs, absentMs] = [percentile(hidden, 0.5), percentile(absent, 0.5)];
console.log(
  `hidden ${figure(hiddenMs)} ms, absent ${figure(absentMs)} ms: ${figure(Math.abs(hiddenMs - absentMs))} ms apart`,
);
await serving.close();
await rm(folder, { recursive: true, force: true });
