/**
 * The process is killed while it delivers, at places drawn by the seed, and started again on the same data.
 *
 * What must hold in the end: the files of changes, all that lie in the folder, hold every record of the product once, in order; the
 * snapshot and the workbook hold its rows. A push whose answer was lost is repeated under its key, so records are counted by the product.
 *
 * `WHARF_DELIVER_KILLS` sets how often, `WHARF_SEED` where.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as XLSX from '@e965/xlsx';
import { describe, expect, it } from 'vitest';
import { integerBetween, oneOf, seededRandom } from '../../src/base/random.ts';
import type { Manifest, Pointer } from '../../src/deliver/files/manifest.ts';
import type { DeliveryStatus } from '../../src/runtime/deliver/delivery-task.ts';
import { eventually, itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { WharfProcess } from '../support/wharf-process.ts';

const KILLS = Number(process.env.WHARF_DELIVER_KILLS ?? 1);
const SEED = Number(process.env.WHARF_SEED ?? 11);
const PUSHES = 4;
/** Each is reached about so often in a life. */
const PLACES = {
  'deliver.files-before-write': 12,
  'deliver.files-before-switch': 3,
  'deliver.files-before-remove': 2,
  'deliver.spreadsheet-before-move': 2,
  'deliver.after-apply': 2,
} as const;

const SPEC = itemsSpec(`inputs: { source: { from: push } }
key: [id]
fields:
  id: { type: integer, required: true }
  name: string
deliver:
  log: { to: files, path: log, format: ndjson, mode: changes, records: 1 }
  now: { to: files, path: now, format: ndjson, records: 1, keep: 1 }
  book: { to: spreadsheet, path: items.xlsx, records: 1 }
`);

describe('deliveries of a process that is killed', () => {
  it(`hold every record once after ${KILLS} kills`, async () => {
    console.log(`seed ${SEED}`);
    const random = seededRandom(SEED);
    const mesh = await meshFolder({ 'items.product.yaml': SPEC });
    let pushed = 0;
    for (let kill = 0; kill <= KILLS; kill++) {
      const name = oneOf(random, Object.keys(PLACES) as (keyof typeof PLACES)[]);
      const at = `${name}:${integerBetween(random, 1, PLACES[name])}`;
      const env = kill < KILLS ? { WHARF_CRASH_AT: at } : {};
      const wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf'), env }).catch(
        (thrown: unknown) => {
          // It may end before it listens; nothing else may keep it from that.
          if (kill === KILLS) throw thrown;
          return undefined;
        },
      );
      if (!wharf) continue;
      const isGone = wharf.ended.then(() => 'gone' as const);
      try {
        for (let i = 0; i < PUSHES; i++) {
          if (!(await push(wharf, pushed))) break;
          pushed += 1;
          if ((await Promise.race([delivered(wharf), isGone])) === 'gone') break;
        }
        if (kill === KILLS) await expectWhole(wharf, mesh);
      } finally {
        await wharf.kill();
      }
    }
  }, 300_000);
});

/** False when the process is gone before it answers. */
async function push(wharf: WharfProcess, batch: number): Promise<boolean> {
  const rows = [0, 1, 2].map((i) => JSON.stringify({ id: (batch * 2 + i) % 7, name: `${batch} ${i}` }));
  try {
    const answer = await fetch(`${wharf.url}/p/test.items/v1/inputs/source`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-ndjson', 'Idempotency-Key': `batch-${batch}` },
      body: rows.join('\n'),
    });
    expect(answer.status).toBe(200);
    return true;
  } catch (thrown) {
    if (thrown instanceof TypeError) return false;
    throw thrown;
  }
}

interface Deliveries {
  readonly position: number;
  readonly deliveries: readonly DeliveryStatus[];
}

async function delivered(wharf: WharfProcess): Promise<Deliveries | undefined> {
  const look = () =>
    wharf.get<Deliveries>('/p/test.items/v1/deliveries').catch((thrown: unknown) => {
      if (thrown instanceof TypeError) return undefined;
      throw thrown;
    });
  return eventually(look, (seen) =>
    Boolean(seen?.deliveries.every(({ position }) => position === seen.position)),
  );
}

async function expectWhole(wharf: WharfProcess, mesh: string): Promise<void> {
  const seen = await delivered(wharf);
  expect(seen?.deliveries.map(({ position, lastError }) => [position, lastError])).toEqual(
    seen?.deliveries.map(() => [seen.position, null]),
  );
  const { rows } = await wharf.get<{ rows: unknown[] }>('/p/test.items/v1/rows?order=id.asc');
  const log = await readPointer(path.join(mesh, 'log'));
  const names = await readdir(path.join(mesh, 'log', log.folder), { recursive: true });
  const changes = names.filter((name) => name.endsWith('.ndjson')).map((name) => `${log.folder}/${name}`);
  const records = await readLines(path.join(mesh, 'log'), changes.sort());
  expect(records.map(({ _position }) => _position)).toEqual(
    Array.from({ length: seen?.position ?? 0 }, (_, i) => i + 1),
  );
  const now = await readPointer(path.join(mesh, 'now'));
  const manifest = JSON.parse(await readFile(path.join(mesh, 'now', now.manifest), 'utf8')) as Manifest;
  const paths = manifest.files.map((file) => file.path);
  expect(await readLines(path.join(mesh, 'now'), paths)).toEqual(rows);
  expect(await readdir(path.join(mesh, 'now', 'snapshots'))).toHaveLength(1);
  const { data } = XLSX.read(await readFile(path.join(mesh, 'items.xlsx'))).Sheets;
  expect(XLSX.utils.sheet_to_json(data ?? {})).toEqual(rows);
}

async function readPointer(folder: string): Promise<Pointer> {
  return JSON.parse(await readFile(path.join(folder, 'latest.json'), 'utf8')) as Pointer;
}

async function readLines(root: string, names: readonly string[]): Promise<Record<string, unknown>[]> {
  const texts = await Promise.all(names.map((name) => readFile(path.join(root, name), 'utf8')));
  return texts
    .join('')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
