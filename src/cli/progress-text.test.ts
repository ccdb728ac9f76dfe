import { expect, it } from 'vitest';
import type { Progress } from '../runtime/capture/progress-meter.ts';
import type { ProductStatus } from '../runtime/product-status.ts';
import { progressLines } from './progress-text.ts';

const busy = (product: string, progress: Progress | undefined) =>
  ({ product, tasks: [{ progress }] }) as unknown as ProductStatus;

it('says how far work is, how fast it goes and when it will be done, the longest first', () => {
  const lines = progressLines([
    busy('a.quiet@1', undefined),
    busy('a.file@1', { done: 500_000, total: 1_000_000, unit: 'bytes', perSecond: 250_000, leftMs: 2_000 }),
    busy('a.new@1', { done: 0, total: 10, unit: 'records' }),
    busy('a.join@2', { done: 1_999, total: 20_000, unit: 'records', perSecond: 100, leftMs: 180_010 }),
  ]);
  expect(lines).toEqual([
    'a.join@2: 9 % of 20,000 records, 100/s, 3 min 00 s left',
    'a.file@1: 50 % of 1.0 MB, 250.0 kB/s, 2.0 s left',
    'a.new@1: 0 % of 10 records',
  ]);
});
