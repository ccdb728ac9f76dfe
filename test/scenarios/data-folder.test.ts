/** What happens to the data folder under a running platform: another process, a bad disk, a full one, somebody's own hands. */
import { appendFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { packageRoot } from '../../src/base/entry.ts';
import { fileChecksum } from '../../src/base/files.ts';
import { silentLog } from '../../src/base/log.ts';
import { ShiftedClock } from '../../src/base/shifted-clock.ts';
import { openJournal } from '../../src/journal/open-journal.ts';
import type { Serving } from '../../src/runtime/serve.ts';
import { flipAtText, flipInMiddle } from '../support/flip.ts';
import { eventually, itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { push } from '../support/push.ts';
import { rowsByRest, rowsByStream } from '../support/read-ports.ts';
import { runWharf, verify } from '../support/run-wharf.ts';
import { serveHere } from '../support/serve-here.ts';
import { WharfProcess } from '../support/wharf-process.ts';

const FIELDS = 'fields:\n  id: { type: integer, required: true }\n  name: string\n';
const PUSHED = (key: string) => itemsSpec(`inputs:\n  source: { from: push }\nkey: ${key}\n${FIELDS}`);
const MARK = 'a-text-to-be-found-again';

interface Refusal {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly pid?: number;
    readonly url?: string;
  };
}

describe('the data folder', () => {
  let wharf: WharfProcess | undefined;
  let serving: Serving | undefined;

  afterEach(async () => {
    await wharf?.stop();
    await serving?.close();
    wharf = undefined;
    serving = undefined;
  });

  /** Serves what has been flushed into runs by a process that is gone. */
  async function meshWithRuns(
    key: string,
  ): Promise<{ mesh: string; data: string; fileOf: (kind: string) => Promise<string> }> {
    const mesh = await meshFolder({ 'items.product.yaml': PUSHED(key) });
    const data = path.join(mesh, '.wharf');
    const clock = new ShiftedClock(Date.now());
    serving = await serveHere(mesh, clock);
    const documents = Array.from({ length: 500 }, (_, id) => ({ id, name: `${MARK} ${id}` }));
    expect(await push(serving.url, documents)).toMatchObject({ status: 200 });
    const folder = path.join(data, 'store', 'test.items%401');
    const found = async () => readdir(folder).catch(() => [] as string[]);
    const wanted = key === 'none' ? 'history' : 'state';
    await eventually(found, (files) => {
      clock.setForward(clock.nowMs() + 11 * 60_000);
      return files.some((file) => file.includes(wanted));
    });
    await serving.close();
    serving = undefined;
    const fileOf = async (kind: string) =>
      path.join(folder, (await readdir(folder)).find((file) => file.includes(`-${kind}-`)) ?? 'none');
    return { mesh, data, fileOf };
  }

  const problem = async (target: string) => {
    const response = await fetch(`${wharf?.url}${target}`);
    const text = await response.text();
    return { status: response.status, text };
  };

  it('is not shared: a second process names the first one and goes', async () => {
    const mesh = await meshFolder({ 'items.product.yaml': PUSHED('[id]') });
    const data = path.join(mesh, '.wharf');
    wharf = await WharfProcess.start({ mesh, data });
    const { status, answer } = runWharf<Refusal>('up', mesh, '--data', data, '--port', '0');
    expect({ status, ...answer.error }).toMatchObject({
      status: 1,
      code: 'DATA_FOLDER_LOCKED',
      pid: wharf.pid,
      url: wharf.url,
    });
    expect(answer.error.message).toContain(`process ${wharf.pid}`);
    expect(await push(wharf.url, [{ id: 1 }])).toMatchObject({ status: 200 });
  });

  it.each(['[id]', 'none'])(
    'never serves a damaged block of the journal, and names it, with key %s',
    async (key) => {
      const mesh = await meshFolder({ 'items.product.yaml': PUSHED(key) });
      const data = path.join(mesh, '.wharf');
      wharf = await WharfProcess.start({ mesh, data });
      await push(wharf.url, [{ id: 1, name: MARK }]);
      const journal = path.join(data, 'journal', 'data.mdb');
      expect(await flipAtText(journal, MARK)).toBeGreaterThan(0);
      for (const target of ['rows', 'rows/1', 'files/items.csv', 'files/items.parquet']) {
        if (key === 'none' && target === 'rows/1') continue;
        const { status, text } = await problem(`/p/test.items/v1/${target}`);
        expect({ target, status, text }).toMatchObject({ target, status: 500 });
        expect(text).toContain('JOURNAL_DAMAGED');
        expect(text).toContain(journal);
        expect(text).not.toContain(MARK.slice(0, -1));
      }
      await expect(rowsByStream(wharf.url, 'test.items/v1', 1)).rejects.toThrow();
      const { status, answer } = verify(mesh, data, 'test.items') as unknown as {
        status: number;
        answer: Refusal;
      };
      expect({ status, code: answer.error?.code }).toEqual({ status: 1, code: 'JOURNAL_DAMAGED' });
    },
  );

  it('never serves a damaged history run, and names it', async () => {
    const { mesh, data, fileOf } = await meshWithRuns('none');
    const file = await fileOf('history');
    await flipInMiddle(file);
    wharf = await WharfProcess.start({ mesh, data });
    for (const target of ['rows', 'files/items.ndjson']) {
      const { status, text } = await problem(`/p/test.items/v1/${target}`);
      expect({ target, status, text }).toMatchObject({ target, status: 500 });
      expect(text).toContain('RUN_DAMAGED');
      expect(text).toContain(file);
    }
    await expect(rowsByStream(wharf.url, 'test.items/v1', 1)).rejects.toThrow();
    expect(await push(wharf.url, [{ id: 1 }])).toMatchObject({ status: 200, position: 501 });
  });

  it('serves the right rows when a state run is damaged, since history has them', async () => {
    const { mesh, data, fileOf } = await meshWithRuns('[id]');
    await flipInMiddle(await fileOf('state'));
    wharf = await WharfProcess.start({ mesh, data });
    const { rows } = await rowsByRest(wharf.url, 'test.items/v1');
    expect(rows).toEqual(Array.from({ length: 500 }, (_, id) => ({ id: `#${id}`, name: `${MARK} ${id}` })));
    expect(verify(mesh, data, 'test.items')).toMatchObject({ status: 0, answer: { ok: true } });
  });

  it('is found out by verify when somebody has written another state, checksum and all', async () => {
    const { mesh, data, fileOf } = await meshWithRuns('[id]');
    expect(verify(mesh, data, 'test.items')).toMatchObject({ status: 0, answer: { ok: true } });
    await writeOtherState(data, await fileOf('state'));
    const { status, answer } = verify(mesh, data, 'test.items');
    expect({ status, ok: answer.ok, ...answer.datasets[0] }).toMatchObject({
      status: 1,
      ok: false,
      missing: 1,
      unexpected: 1,
    });
  });

  it('that is full stops what writes with a clear error, and nothing that reads, until there is room', async () => {
    const spec = itemsSpec(
      `inputs:\n  source: { from: push }\n  lines: { from: file, path: lines.ndjson, every: 100ms }\nkey: [id]\n${FIELDS}`,
    );
    const mesh = await meshFolder({ 'items.product.yaml': spec, 'lines.ndjson': '{"id":1}\n' });
    const full = path.join(mesh, 'full');
    const preload = path.join(packageRoot, 'test', 'support', 'disk-without-room.mjs');
    wharf = await WharfProcess.start({
      mesh,
      data: path.join(mesh, '.wharf'),
      env: { WHARF_TEST_FULL: full },
      nodeArguments: ['--import', preload],
    });
    await wharf.untilReady();
    const { url } = wharf;
    expect(await push(url, [{ id: 2 }])).toMatchObject({ status: 200 });

    await writeFile(full, '');
    await appendFile(path.join(mesh, 'lines.ndjson'), '{"id":3}\n');
    const refused = await push(url, [{ id: 4 }]);
    expect(refused).toMatchObject({ status: 507, code: 'JOURNAL_FULL' });
    expect(refused.hint).toContain('Free some space');
    const tasks = await eventually(
      () => wharf?.get<{ products: { tasks: { lastError?: { code: string } }[] }[] }>('/api/status') as never,
      (status: { products: { tasks: { lastError?: { code: string } }[] }[] }) =>
        status.products.some((product) =>
          product.tasks.some((task) => task.lastError?.code === 'JOURNAL_FULL'),
        ),
    );
    expect(JSON.stringify(tasks)).toContain('JOURNAL_FULL');
    const ids = async () =>
      (await rowsByRest(url, 'test.items/v1')).rows.map((row) => (row as { id: string }).id);
    expect(await ids()).toEqual(['#1', '#2']);
    expect(await rowsByStream(url, 'test.items/v1', 2)).toHaveLength(2);

    await rm(full);
    expect(await push(url, [{ id: 4 }])).toMatchObject({ status: 200 });
    expect(await eventually(ids, (found) => found.length === 4)).toEqual(['#1', '#2', '#3', '#4']);
    expect(verify(mesh, path.join(mesh, '.wharf'), 'test.items')).toMatchObject({
      status: 0,
      answer: { ok: true },
    });
  });
});

/** One row of a state run is changed, and the manifest made to fit. */
async function writeOtherState(data: string, file: string): Promise<void> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const other = `${file}.other.parquet`;
  await connection.run(
    `COPY (SELECT * REPLACE (CASE WHEN id = 7 THEN 'tampered' ELSE name END AS name) FROM '${file}' ORDER BY id) TO '${other}' (FORMAT parquet)`,
  );
  await connection.run(`COPY (SELECT * FROM '${other}') TO '${file}' (FORMAT parquet)`);
  connection.closeSync();
  await rm(other);
  const journal = await openJournal({ folder: data, clock: systemClock, log: silentLog });
  const task = 'manifest/test.items@1';
  const manifest = journal.cursor(task) as {
    datasets: { items: { state: { bytes: number; crc: number }[] } };
  };
  const [run] = manifest.datasets.items.state;
  const sealed = { ...run, bytes: (await stat(file)).size, crc: await fileChecksum(file) };
  const items = { ...manifest.datasets.items, state: [sealed] };
  await journal.commit({ cursors: [{ task, value: { ...manifest, datasets: { items } } }] });
  await journal.close();
}
