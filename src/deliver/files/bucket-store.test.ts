import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlainProduct } from '../../../test/conformance/plain-product.ts';
import { S3Server } from '../../../test/support/s3-server.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { systemClock } from '../../base/clock.ts';
import { BucketStore } from './bucket-store.ts';
import { DeltaLog } from './delta-log.ts';
import type { Manifest } from './manifest.ts';

const clock = { nowMs: () => systemClock.nowMs(), sleep: async () => undefined } as typeof systemClock;

describe('a bucket that is delivered to', () => {
  let server: S3Server;
  let store: BucketStore;
  beforeEach(async () => {
    server = await S3Server.start();
    const signal = new AbortController().signal;
    store = new BucketStore(server.connection, 'out', { clock, signal, reveal: (text) => text });
  });
  afterEach(async () => {
    store.close();
    await server.stop();
  });

  it('gets a large file in parts, whole although uploads break off, or nothing of it', async () => {
    const bytes = Buffer.alloc(20_000_000, 'wharf');
    const file = path.join(await temporaryFolder('bucket'), 'large');
    await writeFile(file, bytes);
    server.troubles.push({ status: 500 }, undefined, { cutUpload: true }, undefined, { cutAfter: 0 });
    await store.putFile('large', file);
    expect(server.objects.get('out/large')?.body.equals(bytes)).toBe(true);
    expect(server.uploads.size).toBe(0);
    server.troubles.push(undefined, undefined, { status: 403 });
    await expect(store.putFile('another', file)).rejects.toMatchObject({ code: 'WEB_REFUSED' });
    expect(server.objects.has('out/another')).toBe(false);
    expect(server.uploads.size).toBe(0);
  });

  it('tells one of two writers that it was not the first, and not one whose answer was lost', async () => {
    server.troubles.push({ cutAfter: 0 });
    expect(await store.putNew('one', 'mine')).toBe(true);
    expect(await store.putNew('one', 'theirs')).toBe(false);
    expect(await store.swapText('one', 'next', 'other')).toBe(false);
    server.troubles.push(undefined, { cutAfter: 0 });
    expect(await store.swapText('one', 'next', 'mine')).toBe(true);
    expect(await store.read('one')).toBe('next');
  });

  it('lists names of all pages, and forgets what is gone already', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `a b/ü&${i}`);
    for (const name of names) await store.putText(name, name);
    expect(await store.list('a b/')).toEqual(names);
    await store.remove([...names, 'never there']);
    expect(await store.list('')).toEqual([]);
  });

  it('goes on with the newest commit of a Delta table although the list is behind', async () => {
    const product = new PlainProduct('', []);
    const log = new DeltaLog(store, {
      name: 'delivery:test.items@1/out',
      shape: product.shape('state'),
      product: product.description(),
    });
    const commit = (part: string) => log.commit(manifestWith(part));
    await commit('a');
    server.stale = new Map(server.objects);
    await commit('b');
    await commit('c');
    const last = server.objects.get('out/_delta_log/00000000000000000002.json')?.body.toString() ?? '';
    const actions = last
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    expect(actions.flatMap(({ add, remove }) => add?.path ?? remove?.path ?? [])).toEqual(['b', 'c']);
  });
});

function manifestWith(path: string): Manifest {
  const file = { path, bytes: 1, sha256: '' };
  return {
    ...{ delivery: 'out', product: 'test.items@1', version: '1.0.0', dataset: 'items', mode: 'state' },
    ...{ format: 'parquet', position: 1, rows: 1, writtenAt: '2026-01-31T10:00:00Z', partitionBy: [] },
    ...{ schema: {}, files: [file] },
  };
}
