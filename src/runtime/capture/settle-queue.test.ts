import { describe, expect, it } from 'vitest';
import type { CaptureBatch } from '../../kit/input.ts';
import { SettleQueue } from './settle-queue.ts';
import type { BatchVerdict } from './validate-batch.ts';

const batch = (cursor: number, more: Partial<CaptureBatch> = {}): CaptureBatch => ({
  bytes: new Uint8Array(),
  framing: { format: 'ndjson' },
  place: { file: 'source', line: 1 },
  cursor,
  ...more,
});
const verdict = (bytes = 1): BatchVerdict => ({
  accepted: new Uint8Array(bytes),
  count: 1,
  indices: undefined,
  rejects: [],
  deletes: [],
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A queue that settles a first batch until `release`, so that what comes meanwhile waits. */
async function slowQueue() {
  const groups: unknown[][] = [];
  let release: (error?: Error) => void = () => undefined;
  const slow = new Promise<void>((resolve, reject) => {
    release = (error) => (error ? reject(error) : resolve());
  });
  const queue = new SettleQueue(async (group) => {
    groups.push(group.map((one) => one.batch.cursor));
    if (groups.length === 1) await slow;
  });
  const first = queue.push(batch(1, { open: true }), Promise.resolve(verdict()));
  await turn();
  return { groups, queue, first, release };
}

describe('batches that wait to be settled', () => {
  it('are settled in order, what is ready together as one, and nothing waits for what is not', async () => {
    const { groups, queue, release } = await slowQueue();
    let late: (verdict: BatchVerdict) => void = () => undefined;
    const judging = new Promise<BatchVerdict>((resolve) => {
      late = resolve;
    });
    void queue.push(batch(2), Promise.resolve(verdict()));
    const third = queue.push(batch(3), Promise.resolve(verdict()));
    void queue.push(batch(4), judging);
    const fifth = queue.push(batch(5), Promise.resolve(verdict()));
    await turn();
    release();
    await third;
    expect(groups).toEqual([[1], [2, 3]]);
    late(verdict());
    await fifth;
    expect(groups).toEqual([[1], [2, 3], [4, 5]]);
  });

  it('are not settled together where one of them opens, is a whole, or is large', async () => {
    const { groups, queue, release } = await slowQueue();
    const whole = { first: true, last: false, deletes: true };
    const given: [CaptureBatch, number?][] = [
      [batch(2, { open: true })],
      [batch(3, { open: true })],
      [batch(4)],
      [batch(5, { whole })],
      [batch(6, { whole })],
      [batch(7), 3_000_000],
      [batch(8), 3_000_000],
    ];
    const all = given.map(([one, bytes]) => queue.push(one, Promise.resolve(verdict(bytes))));
    await turn();
    release();
    await Promise.all(all);
    expect(groups).toEqual([[1], [2, 3], [4], [5], [6], [7], [8]]);
  });

  it('are not settled behind one that failed', async () => {
    const { groups, queue, first, release } = await slowQueue();
    const second = queue.push(batch(2), Promise.resolve(verdict()));
    await turn();
    release(new Error('the disk is full'));
    await expect(first).rejects.toThrow('the disk is full');
    await expect(second).rejects.toThrow('the disk is full');
    expect(groups).toEqual([[1]]);
  });
});
