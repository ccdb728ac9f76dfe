import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dataset } from '../../schema/field.ts';
import type { Slice } from '../../schema/slice.ts';
import { ValidationPool } from './validation-pool.ts';

/** A thread that accepts every line, counts the bytes that it got for "room", hangs on a line with "hang", and dies on one with "die". */
const THREAD = `
import { parentPort, workerData } from 'node:worker_threads';
const shared = new Int32Array(workerData);
parentPort.on('message', (message) => {
  if (message.kind === 'contract') return;
  Atomics.store(shared, 1, Date.now() & 0x7fffffff);
  Atomics.store(shared, 0, message.job);
  const text = Buffer.from(message.slice.bytes).toString();
  while (text.includes('hang')) {}
  if (text.includes('die')) throw new Error('no more');
  Atomics.store(shared, 0, 0);
  const { buffer } = message.slice.bytes;
  const count = text.includes('room') ? buffer.byteLength : text.split('\\n').filter(Boolean).length;
  const verdict = { accepted: new Uint8Array(Buffer.from(text)), count, indices: undefined, rejects: [] };
  parentPort.postMessage({ kind: 'verdict', job: message.job, verdict });
});
`;

const dataset: Dataset = { name: 'd', key: 'none', fields: [], extra: 'refuse' };
const slice = (text: string): Slice => ({ bytes: Buffer.from(text), framing: { format: 'ndjson' }, line: 1 });

describe('the validation threads', () => {
  let folder: string;
  let pool: ValidationPool;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'wharf-pool-'));
    const workerFile = path.join(folder, 'thread.mjs');
    await writeFile(workerFile, THREAD);
    pool = new ValidationPool({ threads: 2, sliceLimitMs: 200, workerFile });
  });

  afterEach(async () => {
    await pool.close();
    await rm(folder, { recursive: true });
  });

  it('get the slice alone of the bytes around it, which stay with whoever sent it', async () => {
    const bytes = Buffer.concat([Buffer.alloc(100_000), Buffer.from('room\n'), Buffer.alloc(100_000)]);
    const part = bytes.subarray(100_000, 100_005);
    const { count } = await pool.validate(dataset, 'upsert', { ...slice(''), bytes: part });
    expect(count).toBe(5);
    expect(part.toString()).toBe('room\n');
  });

  it('gives what a thread takes as it was sent out of the very bytes of the slice', async () => {
    const own = new ValidationPool({ threads: 1, sliceLimitMs: 60_000 });
    const around = Buffer.from('{"a":0}\n{"a":"no"}\n{"a":1}\n{"a":2}\n');
    const integer: Dataset = { ...dataset, fields: [{ name: 'a', type: 'integer' }] };
    const judge = async (bytes: Uint8Array) => {
      const { accepted, indices } = await own.validate(integer, 'upsert', { ...slice(''), bytes });
      return { text: Buffer.from(accepted).toString(), indices, isPart: accepted.buffer === bytes.buffer };
    };
    const last = '{"a":1}\n{"a":2}\n';
    expect(await judge(around.subarray(8))).toEqual({ text: last, indices: [1, 2], isPart: true });
    expect(await judge(around.subarray(19))).toEqual({ text: last, indices: undefined, isPart: true });
    expect(await judge(around.subarray(19, -1))).toEqual({ text: last, indices: undefined, isPart: false });
    expect(await judge(around)).toEqual({ text: `{"a":0}\n${last}`, indices: [0, 2, 3], isPart: false });
    await own.close();
  });

  it('sets only the record aside that takes too long, and lets its neighbours through', async () => {
    const verdict = await pool.validate(
      dataset,
      'upsert',
      slice('{"a":1}\n{"a":2}\n{"a":"hang"}\n{"a":4}\n'),
    );
    expect(Buffer.from(verdict.accepted).toString()).toBe('{"a":1}\n{"a":2}\n{"a":4}\n');
    expect(verdict.count).toBe(3);
    expect(verdict.indices).toEqual([0, 1, 3]);
    expect(verdict.rejects).toMatchObject([
      { line: 3, index: 2, document: '{"a":"hang"}', reasons: [{ code: 'VALIDATION_TIMEOUT' }] },
    ]);
  });

  it('goes on with others while one slice hangs', async () => {
    const hanging = pool.validate(dataset, 'upsert', slice('hang\n'));
    const others = Array.from({ length: 20 }, (_, i) =>
      pool.validate(dataset, 'upsert', slice(`{"a":${i}}\n`)),
    );
    const verdicts = await Promise.all(others);
    expect(verdicts.map((v) => v.count)).toEqual(Array.from({ length: 20 }, () => 1));
    expect((await hanging).rejects).toHaveLength(1);
  });

  it('says so when a thread dies, and starts another', async () => {
    await expect(pool.validate(dataset, 'upsert', slice('die\n'))).rejects.toMatchObject({
      code: 'VALIDATION_DIED',
    });
    expect((await pool.validate(dataset, 'upsert', slice('{"a":1}\n'))).count).toBe(1);
  });

  it('tells waiting callers when it is closed', async () => {
    const waiting = pool.validate(dataset, 'upsert', slice('hang\n'));
    const told = expect(waiting).rejects.toMatchObject({ code: 'VALIDATION_DIED' });
    await pool.close();
    await told;
  });
});
