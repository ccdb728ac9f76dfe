import { describe, expect, it } from 'vitest';
import { integerBetween, seededRandom } from '../../../src/base/random.ts';
import { SEED } from '../../support/seed.ts';
import { slopeOf } from './slope.ts';

describe('a slope', () => {
  it('is that of the line, without an error, where all points are on one', () => {
    const points = [1, 2, 5, 9].map((x) => [x, 3 * x + 7] as const);
    const { each, error, mean } = slopeOf(points);
    expect(each).toBeCloseTo(3);
    expect(error).toBeCloseTo(0);
    expect(mean).toBeCloseTo(3 * 4.25 + 7);
  });

  it('has the error that is computed by hand', () => {
    // y = 2 + x with residuals +1, -1, -1, +1: their squares sum to 4, two degrees are left, and the x spread by 5.
    const { each, error } = slopeOf([
      [0, 3],
      [1, 2],
      [2, 3],
      [3, 6],
    ]);
    expect(each).toBeCloseTo(1);
    expect(error).toBeCloseTo(Math.sqrt(4 / 2 / 5));
  });

  it(`is found under noise, within three errors (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    const points = Array.from(
      { length: 500 },
      (_, x) => [x, 100 + 0.5 * x + integerBetween(random, -200, 200)] as const,
    );
    const { each, error } = slopeOf(points);
    expect(Math.abs(each - 0.5)).toBeLessThan(3 * error);
  });
});
