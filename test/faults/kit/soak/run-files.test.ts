import { expect, it } from 'vitest';
import { isRun, mostRuns, runsAtMost } from './run-files.ts';

const history = (dataset: string, count: number) =>
  Array.from(
    { length: count },
    (_, i) => `/d/store/test.${dataset}%401/${dataset}-history-0000000${i}.parquet`,
  );

it('counts the runs of each kind of a dataset by themselves', () => {
  const state = '/d/store/test.items%401/items-state-00000001.parquet';
  const files = [
    ...history('items', 3),
    state,
    ...history('events', 5),
    '/d/tail/1.parquet',
    '/d/journal/data.mdb',
  ];
  expect(mostRuns(files)).toBe(5);
  expect(files.filter(isRun)).toHaveLength(9);
  expect(mostRuns(['/d/tail/1.parquet'])).toBe(0);
});

it('takes what merges leave within an hour, and not one run a minute', () => {
  // Digits to the base of four: after 63 flushes, three runs in each of three tiers, and the next.
  expect(runsAtMost(60)).toBeGreaterThan(10);
  expect(runsAtMost(60)).toBeLessThan(20);
});
