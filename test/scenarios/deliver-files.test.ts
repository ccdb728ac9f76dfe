/** A product as files in a folder, kept up to date, as those who read the folder see it. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { Manifest, Pointer } from '../../src/deliver/files/manifest.ts';
import { deliveries } from '../../src/deliver/index.ts';
import { inputs } from '../../src/inputs/index.ts';
import { ports } from '../../src/ports/index.ts';
import { checkMesh } from '../../src/runtime/check/check-mesh.ts';
import type { DeliveryStatus } from '../../src/runtime/deliver/delivery-task.ts';
import type { Serving } from '../../src/runtime/serve.ts';
import { eventually, itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { push } from '../support/push.ts';
import { serveHere } from '../support/serve-here.ts';

const spec = (delivery: string) =>
  itemsSpec(`inputs:
  source: { from: push }
key: [id]
fields:
  id: { type: integer, required: true }
  name: string
  price: decimal(12,2)
  seen: timestamp
deliver:
  out: { to: files, path: out, every: 1s, ${delivery} }
`);

const row = (id: number, name: string | null, price: string) => ({
  id,
  name,
  price,
  seen: '2026-01-31T10:00:00.5Z',
});

describe('a delivery to files', () => {
  let serving: Serving | undefined;
  afterEach(async () => serving?.close());

  const open = async (folder: string) => {
    serving = await serveHere(folder, systemClock);
    return serving;
  };
  const status = async (): Promise<DeliveryStatus> => {
    const answer = await fetch(`${serving?.url}/p/test.items/v1/deliveries/out`);
    return (await answer.json()) as DeliveryStatus;
  };
  const delivered = (position: number) =>
    eventually(status, (s) => s.position === position && s.state === 'caught-up');

  it('keeps what is there while its disk is full, and goes on by itself once there is room', async () => {
    const folder = await meshFolder({ 'items.product.yaml': spec('format: csv') });
    const { url } = await open(folder);
    await push(url, [row(1, 'a', '1.50')]);
    await delivered(1);
    const pointer = () => readFile(path.join(folder, 'out', 'latest.json'), 'utf8');
    const before = await pointer();
    const { copyFile } = fs.promises;
    try {
      fs.promises.copyFile = () => Promise.reject(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }));
      syncBuiltinESMExports();
      await push(url, [row(2, 'b', '2.50')]);
      const failed = await eventually(status, (s) => s.lastError !== null);
      expect(failed).toMatchObject({
        state: 'retrying',
        position: 1,
        lastError: { code: 'DELIVERY_NO_ROOM', message: expect.stringContaining('(ENOSPC)') },
      });
      expect(await pointer()).toBe(before);
    } finally {
      fs.promises.copyFile = copyFile;
      syncBuiltinESMExports();
    }
    await delivered(2);
    const { folder: current, manifest } = JSON.parse(await pointer()) as Pointer;
    const { rows } = JSON.parse(await readFile(path.join(folder, 'out', manifest), 'utf8')) as Manifest;
    expect(rows).toBe(2);
    const names = await readdir(path.join(folder, 'out'), { recursive: true });
    expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(names).toContain(current);
  });

  it('shows the snapshot of a position, with its manifest, and as a Delta table', async () => {
    const folder = await meshFolder({ 'items.product.yaml': spec('keep: 2') });
    const { url } = await open(folder);
    await push(url, [row(1, 'a', '1.50'), row(2, null, '12345678.91'), row(3, '=1+1', '0.01')]);
    expect(await delivered(3)).toMatchObject({ lagRecords: 0, lagSeconds: 0, guarantee: 'exactly-once' });
    await push(url, [row(1, 'changed', '2.50')]);
    await delivered(4);
    const { pointer, manifest } = await latest(folder);
    expect(pointer).toMatchObject({ position: 4, delivery: 'delivery:test.items@1/out' });
    expect(manifest).toMatchObject({
      position: 4,
      rows: 3,
      product: 'test.items@1',
      format: 'parquet',
      mode: 'state',
    });
    for (const file of manifest.files) {
      const bytes = await readFile(path.join(folder, 'out', file.path));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256);
      expect(bytes.length).toBe(file.bytes);
    }
    const expected = [
      { id: '1', name: 'changed', price: '2.50' },
      { id: '2', name: null, price: '12345678.91' },
      { id: '3', name: '=1+1', price: '0.01' },
    ];
    const columns = 'id, name, price';
    expect(
      await query(`select ${columns} from read_parquet(${files(folder, manifest)}) order by id`),
    ).toEqual(expected);
    const table = await deltaFiles(path.join(folder, 'out'));
    expect(await query(`select ${columns} from read_parquet(${sqlList(table)}) order by id`)).toEqual(
      expected,
    );
  });

  it('keeps as many snapshots as it is told, and never one that was not finished', async () => {
    const folder = await meshFolder({ 'items.product.yaml': spec('keep: 2') });
    const { url } = await open(folder);
    for (let position = 1; position <= 4; position++) {
      await push(url, [row(position, 'x', '1.00')]);
      await delivered(position);
    }
    const snapshots = await readdir(path.join(folder, 'out', 'snapshots'));
    expect(snapshots.map((name) => Number(name.split('-')[0])).sort()).toEqual([3, 4]);
  });

  it('takes chosen fields under other names, of chosen rows, by partitions', async () => {
    const body =
      'format: csv, fields: [id, name], rename: { name: label }, filter: "price > 1", partition_by: label';
    const folder = await meshFolder({ 'items.product.yaml': spec(body) });
    const { url } = await open(folder);
    await push(url, [
      row(1, 'a b', '2.00'),
      row(2, 'c', '0.50'),
      row(3, 'a b', '3.00'),
      row(4, null, '4.00'),
    ]);
    await delivered(4);
    const { manifest } = await latest(folder);
    const texts = await Promise.all(
      manifest.files.map(async (file) => [
        file.path.split('/')[2],
        (await readFile(path.join(folder, 'out', file.path), 'utf8')).trim().split('\n').sort(),
      ]),
    );
    expect(texts).toEqual([
      ['label=__HIVE_DEFAULT_PARTITION__', ['4', 'id']],
      ['label=a%20b', ['1', '3', 'id']],
    ]);
    expect(manifest.rows).toBe(3);
  });

  it('writes each change once, over a restart too', async () => {
    const folder = await meshFolder({ 'items.product.yaml': spec('mode: changes, format: ndjson') });
    let { url } = await open(folder);
    await push(url, [row(1, 'a', '1.00'), row(2, 'b', '2.00')]);
    await delivered(2);
    await serving?.close();
    ({ url } = await open(folder));
    await push(url, [row(1, 'c', '3.00')]);
    await fetch(`${url}/p/test.items/v1/inputs/source?op=delete`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify([{ id: 2 }]),
    });
    await delivered(4);
    const { pointer } = await latest(folder);
    const names = (await readdir(path.join(folder, 'out', pointer.folder), { recursive: true }))
      .filter((name) => name.endsWith('.ndjson'))
      .sort();
    const texts = await Promise.all(
      names.map((name) => readFile(path.join(folder, 'out', pointer.folder, name), 'utf8')),
    );
    const lines = texts.join('').trim().split('\n');
    expect(
      lines.map((line) => JSON.parse(line)).map(({ _op, _position, id, name }) => [_op, _position, id, name]),
    ).toEqual([
      ['upsert', 1, 1, 'a'],
      ['upsert', 2, 2, 'b'],
      ['upsert', 3, 1, 'c'],
      ['delete', 4, 2, null],
    ]);
  });

  it('does not touch a folder that holds something else', async () => {
    const folder = await meshFolder({ 'items.product.yaml': spec('keep: 1') });
    await mkdir(path.join(folder, 'out'));
    await writeFile(path.join(folder, 'out', 'precious.txt'), 'mine');
    const { url } = await open(folder);
    await push(url, [row(1, 'a', '1.00')]);
    const failed = await eventually(status, (s) => s.lastError !== null);
    expect(failed.lastError).toMatchObject({ code: 'DELIVERY_OCCUPIED' });
    expect(await readdir(path.join(folder, 'out'))).toEqual(['precious.txt']);
  });

  it('is refused before anything is served where it cannot be, with the reason at its place', async () => {
    const wrong = [
      [`filter: "name in (select content from read_text('/etc/passwd'))"`, /read_text/],
      ['filter: "price > now()"', /now/],
      ['filter: "prize > 1"', /prize/],
      ['fields: [name]', /leave out the key: "id"/],
      ['fields: [id, nmae]', /no field "nmae"/],
      ['rename: { name: id }', /Two fields are called "id"/],
      ['rename: { name: "x y" }', /"x y" is no name/],
      ['partition_by: [nowhere]', /names "nowhere", which is not delivered/],
      ['every: sometimes', /"sometimes" is no schedule/],
    ] as const;
    const lines = wrong.map(([options], i) => `  w${i}: { to: files, path: w${i}, ${options} }\n`);
    const folder = await meshFolder({ 'items.product.yaml': spec('keep: 1') + lines.join('') });
    const { mesh, diagnostics } = await checkMesh(folder, { inputs, ports, deliveries });
    expect(mesh).toBeUndefined();
    const text = spec('keep: 1');
    const first = text.slice(0, text.indexOf('  out:')).split('\n').length + 1;
    expect(diagnostics.map(({ code, place }) => [code, place.line])).toEqual(
      wrong.map((_, i) => ['DELIVERY_INVALID', first + i]),
    );
    for (const [i, [, reason]] of wrong.entries()) expect(diagnostics[i]?.message).toMatch(reason);
  });
});

async function latest(folder: string): Promise<{ pointer: Pointer; manifest: Manifest }> {
  const read = async (name: string) => JSON.parse(await readFile(path.join(folder, 'out', name), 'utf8'));
  const pointer = (await read('latest.json')) as Pointer;
  return { pointer, manifest: (await read(pointer.manifest)) as Manifest };
}

/** The files of a Delta table, found as its protocol says: by the actions of all commits in their order. */
async function deltaFiles(root: string): Promise<string[]> {
  const log = path.join(root, '_delta_log');
  const live = new Set<string>();
  for (const name of (await readdir(log)).sort()) {
    for (const line of (await readFile(path.join(log, name), 'utf8')).trim().split('\n')) {
      const action = JSON.parse(line) as { add?: { path: string }; remove?: { path: string } };
      if (action.add) live.add(action.add.path);
      if (action.remove) live.delete(action.remove.path);
    }
  }
  return [...live].map((name) => path.join(root, decodeURI(name)));
}

function files(folder: string, manifest: Manifest): string {
  return sqlList(manifest.files.map((file) => path.join(folder, 'out', file.path)));
}

function sqlList(paths: readonly string[]): string {
  return `[${paths.map((file) => `'${file}'`).join(', ')}]`;
}

async function query(sql: string): Promise<unknown[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  return (await connection.runAndReadAll(sql)).getRowObjectsJson();
}
