import { expect, it } from 'vitest';
import type { Progress } from '../runtime/capture/progress-meter.ts';
import type { ProductStatus } from '../runtime/product-status.ts';
import { progressLines } from './progress-text.ts';

const busy = (product: string, progress: Progress | undefined) =>
  ({ product, tasks: [{ progress }] }) as unknown as ProductStatus;

it('says how far work is, how fast it goes and when it will be done, the longest first', () => {
  const lines = progressLines([
    busy('a.quiet@1', undefined),
    busy('a.file@1', {
      amount: { done: 500_000, total: 1_000_000 },
      unit: 'bytes',
      forMs: 2_000,
      perSecond: 250_000,
      leftMs: 2_000,
    }),
    busy('a.new@1', { amount: { done: 0, total: 10 }, unit: 'records', forMs: 0 }),
    busy('a.join@2', {
      step: 'computing',
      amount: { done: 1_999, total: 20_000 },
      unit: 'rows',
      forMs: 20_000,
      perSecond: 100,
      leftMs: 180_010,
    }),
    busy('a.write@2', {
      step: 'journaling',
      amount: { done: 10, total: 20 },
      unit: 'records',
      forMs: 1_000,
      perSecond: 10,
      leftMs: 1_000,
    }),
  ]);
  expect(lines).toEqual([
    'a.join@2: computing, 9 % of 20,000 rows, 100/s, 3 min 00 s left of computing',
    'a.file@1: 50 % of 1.0 MB, 250.0 kB/s, 2.0 s left',
    'a.write@2: journaling, 50 % of 20 records, 10/s, 1.0 s left',
    'a.new@1: 0 % of 10 records',
  ]);
});

it('makes up no figure where nobody knows how far work is', () => {
  const lines = progressLines([
    busy('a.b@1', { step: 'computing', unit: 'rows', forMs: 12_000 }),
    busy('a.c@1', { step: 'comparing', amount: { done: 1, total: 4 }, unit: 'rows', forMs: 9_000 }),
  ]);
  expect(lines).toEqual(['a.b@1: computing for 12.0 s', 'a.c@1: comparing, 25 % of 4 rows, for 9.0 s']);
});
