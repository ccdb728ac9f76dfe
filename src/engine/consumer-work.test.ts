import { expect, it } from 'vitest';
import { VirtualClock } from '../base/clock.ts';
import { ConsumerWork } from './consumer-work.ts';
import { CONSUMERS_MAX, WORK_HALF_LIFE_MS, WORK_MUCH_MS } from './limits.ts';

it('a consumer with several guests is measured by all of them, and nobody else by these', () => {
  const work = new ConsumerWork(new VirtualClock(0));
  for (let guest = 0; guest < 3; guest++) work.add('loud', WORK_MUCH_MS / 3);
  work.add('quiet', WORK_MUCH_MS / 3);
  expect([work.isMuch('loud'), work.isMuch('quiet'), work.isMuch('other')]).toEqual([true, false, false]);
});

it('is forgotten: who stops is as quick as others again', () => {
  const clock = new VirtualClock(0);
  const work = new ConsumerWork(clock);
  work.add('loud', WORK_MUCH_MS * 1.9);
  expect(work.isMuch('loud')).toBe(true);
  clock.advance(WORK_HALF_LIFE_MS);
  expect(work.isMuch('loud')).toBe(false);
});

it('keeps those that worked last, however many names there are', () => {
  const work = new ConsumerWork(new VirtualClock(0));
  work.add('first', WORK_MUCH_MS);
  work.add('second', WORK_MUCH_MS);
  work.add('first', 1);
  for (let i = 0; i < CONSUMERS_MAX - 1; i++) work.add(`n${i}`, 1);
  expect([work.isMuch('first'), work.isMuch('second')]).toEqual([true, false]);
});
