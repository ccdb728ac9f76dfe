import { expect, it } from 'vitest';
import { GuestQueue } from './guest-queue.ts';

const calm = new AbortController().signal;
const settle = () => new Promise((resolve) => setImmediate(resolve));

it('one consumer never has all places, however many statements it sends', async () => {
  const queue = new GuestQueue(4, 3);
  const entered: string[] = [];
  const enter = (consumer: string) => void queue.enter(consumer, calm).then(() => entered.push(consumer));
  for (let i = 0; i < 10; i++) enter('loud');
  await settle();
  expect(entered).toEqual(['loud', 'loud', 'loud']);
  enter('quiet');
  await settle();
  expect(entered.at(-1)).toBe('quiet');
  queue.leave('quiet');
  await settle();
  expect(entered).toHaveLength(4);
  enter('quiet');
  enter('other');
  queue.leave('loud');
  await settle();
  queue.leave('loud');
  await settle();
  // Who waited first comes first, and then goes to the end.
  expect(entered.slice(4)).toEqual(['quiet', 'loud', 'other']);
});

it('gives every place back: all who wait come in, in turns by consumer', async () => {
  const queue = new GuestQueue(2, 1);
  const order: string[] = [];
  const work = async (consumer: string) => {
    await queue.enter(consumer, calm);
    order.push(consumer);
    await settle();
    queue.leave(consumer);
  };
  await Promise.all([
    ...Array.from({ length: 5 }, () => work('a')),
    ...Array.from({ length: 5 }, () => work('b')),
  ]);
  expect(order.toSorted()).toEqual([...'aaaaabbbbb']);
  expect(order.slice(0, 4).toSorted()).toEqual([...'aabb']);
});
