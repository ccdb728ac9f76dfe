import { expect, it } from 'vitest';
import { formatCount } from './duration.ts';

it.each([0, 7, 999, 1_000, -100, -1_000, 1_234_567, 12_345.678_9, 0.5, 99.999_9, 2 ** 53])(
  'writes %d as people do',
  (count) => {
    expect(formatCount(count)).toBe(count.toLocaleString('en-US'));
  },
);
