/**
 * Ten million records are captured, the process is killed, and started again on the same folder: until it gives a row and the number of
 * all of them, no more than ten seconds may pass. Killed twice: with much in the journal, and once it has come to rest.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { itemsSpec } from '../../support/mesh-folder.ts';
import { WharfProcess } from '../../support/wharf-process.ts';
import type { Experiment, ExperimentOptions, Report } from './experiment.ts';

const RECORDS = Number(process.env.WHARF_RESTART_RECORDS ?? 10_000_000);
const LINES_AT_ONCE = 100_000;
const SERVING_MS_MAX = 10_000;
/** Longer than a state waits for further records, so that all runs are written. */
const REST_MS = 30_000;
const LOOK_MS = 500;
const COUNT_MS_MAX = 120_000;
const CAPTURE_MS_MAX = 3_600_000;
const PRODUCT = '/p/test.items/v1';
const SPEC = itemsSpec(
  'inputs:\n  source: { from: file, path: data/*.ndjson }\nkey: [id]\nfields:\n  id: { type: integer, required: true }\n  n: integer\n',
);

export const restart: Experiment = {
  name: 'restart',
  promises: ['P6'],
  doc: 'Ten million records, a kill, and how long it takes until they are served again.',
  run: (options) =>
    options.form === 'long'
      ? killAndStart(options)
      : Promise.resolve({ figures: {}, findings: [], skipped: 'ten million records are for the long form' }),
};

async function killAndStart({ folder, tell }: ExperimentOptions): Promise<Report> {
  const [mesh, data] = [path.join(folder, 'mesh'), path.join(folder, 'data')];
  mkdirSync(path.join(mesh, 'data'), { recursive: true });
  writeFileSync(path.join(mesh, 'mesh.yaml'), 'mesh: test\n');
  writeFileSync(path.join(mesh, 'items.product.yaml'), SPEC);
  await writeRecords(path.join(mesh, 'data', 'items.ndjson'));
  const findings: string[] = [];
  const figures: Record<string, number> = { records: RECORDS };
  let wharf = await WharfProcess.start({ mesh, data });
  try {
    await untilCaptured(wharf);
    for (const [when, waitMs] of [
      ['busy', 0],
      ['at rest', REST_MS],
    ] as const) {
      await sleep(waitMs);
      await wharf.kill();
      const startedMs = performance.now();
      wharf = await WharfProcess.start({ mesh, data });
      const { row } = await wharf.get<{ row: { n: number } }>(`${PRODUCT}/rows/${RECORDS}`);
      const rowMs = Math.round(performance.now() - startedMs);
      tell(`killed ${when}: a row after ${rowMs} ms`);
      const count = await untilCounted(wharf);
      const countMs = Math.round(performance.now() - startedMs);
      figures[`${when}: ms to a row`] = rowMs;
      figures[`${when}: ms to the count`] = countMs;
      tell(`killed ${when}: the count after ${countMs} ms`);
      if (row.n !== RECORDS || count !== RECORDS)
        findings.push(`killed ${when}: ${count} rows, and ${JSON.stringify(row)}`);
      if (countMs > SERVING_MS_MAX)
        findings.push(`killed ${when}: served after ${countMs} ms; expected ${SERVING_MS_MAX} at most`);
    }
    return { figures, findings };
  } finally {
    await wharf.kill();
  }
}

async function writeRecords(file: string): Promise<void> {
  const handle = await open(file, 'w');
  for (let first = 1; first <= RECORDS; first += LINES_AT_ONCE) {
    const count = Math.min(LINES_AT_ONCE, RECORDS - first + 1);
    await handle.appendFile(
      Array.from({ length: count }, (_, i) => `{"id":${first + i},"n":${first + i}}\n`).join(''),
    );
  }
  await handle.close();
}

/** The number of all rows. A refusal that says that it can be tried again is tried again, and counts as waiting. */
async function untilCounted(wharf: WharfProcess): Promise<number> {
  const deadline = Date.now() + COUNT_MS_MAX;
  for (;;) {
    const response = await fetch(`${wharf.url}${PRODUCT}/rows?limit=1&count=exact`);
    const body = (await response.json()) as { count?: number };
    if (response.ok && body.count !== undefined) return body.count;
    if (response.status !== 503 || Date.now() > deadline)
      throw new Error(`the count was answered ${response.status}: ${JSON.stringify(body)}`);
    await sleep(LOOK_MS);
  }
}

async function untilCaptured(wharf: WharfProcess): Promise<void> {
  const deadline = Date.now() + CAPTURE_MS_MAX;
  for (;;) {
    const { products } = await wharf.get<{ products: { position: number }[] }>('/api/status');
    if (products[0]?.position === RECORDS) return;
    if (Date.now() > deadline)
      throw new Error(`only ${products[0]?.position} records were captured in an hour`);
    await sleep(LOOK_MS);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
