import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type CollectOptions,
  collect,
  describePullInput,
  recordsOf,
  restarted,
} from '../../../test/conformance/inputs.ts';
import { S3Server } from '../../../test/support/s3-server.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { s3Input } from './s3-input.ts';

const records = Array.from({ length: 3_000 }, (_, i) => `{"n":${i},"t":"${'x'.repeat(300)}"}`);
const contextOf = (server: S3Server, options: Record<string, unknown>) => ({
  options: { connection: 'lake', every: '10ms', ...options },
  connection: server.connection,
  baseFolder: '/',
});

describePullInput('s3', s3Input, async () => {
  const server = await S3Server.start();
  for (let i = 0; i < 5; i++)
    server.put(`orders/part ${i + 8}.ndjson`, `${records.slice(i * 600, (i + 1) * 600).join('\n')}\n`);
  return { context: contextOf(server, { path: 'orders/*.ndjson' }), records, remove: () => server.stop() };
});

describe('objects of a bucket', () => {
  let server: S3Server;
  let cursor: unknown;
  beforeEach(async () => {
    server = await S3Server.start();
    cursor = undefined;
  });
  afterEach(() => server.stop());

  async function read(options: Record<string, unknown> = {}, more: CollectOptions = {}): Promise<string[]> {
    const context = contextOf(server, { path: '**/*.csv', ...options });
    const { batches } = await collect(s3Input, context, { cursor: restarted(cursor), ...more });
    cursor = batches.at(-1)?.cursor ?? cursor;
    return recordsOf(batches);
  }

  test('are each read once; one that grew is read from where it ended', async () => {
    server.put('a/1.csv', 'id\n1\n');
    server.put('a/ü+&=1.csv', 'id\n2\n');
    expect((await read()).sort()).toEqual(['1', '2']);
    server.put('a/1.csv', 'id\n1\n3\n');
    server.put('b.csv', 'id\n4\n');
    server.put('b.txt', 'no');
    expect(await read()).toEqual(['3', '4']);
  });

  test.each([
    ['busy', { status: 503 }],
    ['broken', { status: 500 }],
    ['slow', { slowMs: 50 }],
    ['cut off', { cutAfter: 20 }],
  ])('that are %s are asked for again: the list and the object', async (_, trouble) => {
    server.put('a.csv', `id\n${'123456789\n'.repeat(10)}`);
    server.troubles.push(trouble, undefined, trouble);
    expect(await read({}, { batchesMax: 1 })).toHaveLength(10);
  });

  test('that a list shows though they are gone or replaced are taken with the next look', async () => {
    server.put('a.csv', 'id\n1\n');
    server.put('b.csv', 'id\n2\n');
    server.stale = new Map(server.objects);
    server.objects.delete('a.csv');
    server.put('b.csv', 'id\n7\n');
    expect(await read()).toEqual([]);
    server.stale = undefined;
    expect(await read()).toEqual(['7']);
  });

  test('are not there without the right key, and that is said', async () => {
    const { connection } = server;
    const wrong = { ...connection, options: { ...connection.options, access_key: 'other' } };
    const context = { ...contextOf(server, { path: '*.csv' }), connection: wrong };
    await expect(collect(s3Input, context)).rejects.toMatchObject({ code: 'WEB_REFUSED' });
  });

  test('leave no copy behind', async () => {
    const folder = await temporaryFolder('s3');
    server.put('a.csv', 'id\n1\n');
    await collect(s3Input, { ...contextOf(server, { path: '*.csv' }), temporaryFolder: folder });
    expect(readdirSync(folder)).toEqual([]);
  });
});
