import { describe, expect, it } from 'vitest';
import { integerBetween, seededRandom } from '../base/random.ts';
import { STORE_LIMITS } from './limits.ts';
import { pickMerge } from './merge-policy.ts';

const random = seededRandom(11);
const POLICY = { fanIn: STORE_LIMITS.mergeFanIn, runsMax: STORE_LIMITS.runsMax };

/** Adds runs one by one and merges as the policy says, without any files. */
function simulate(
  count: number,
  bytesOf: (i: number) => number,
): { most: number; rewritten: number; total: number } {
  let runs: { bytes: number }[] = [];
  let most = 0;
  let rewritten = 0;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const bytes = bytesOf(i);
    total += bytes;
    runs = [...runs, { bytes }];
    for (let range = pickMerge(runs, POLICY); range; range = pickMerge(runs, POLICY)) {
      const merged = runs.slice(range.from, range.to).reduce((sum, run) => sum + run.bytes, 0);
      rewritten += merged;
      runs = [...runs.slice(0, range.from), { bytes: merged }, ...runs.slice(range.to)];
    }
    most = Math.max(most, runs.length);
  }
  return { most, rewritten, total };
}

describe('pickMerge', () => {
  const sizes: Record<string, () => number> = {
    tiny: () => 1_500,
    large: () => 40_000_000,
    mixed: () => integerBetween(random, 1, 20) ** 6,
  };
  it.each(Object.keys(sizes))(
    'keeps fewer than 20 runs over 100,000 %s flushes, and rewrites each byte a few times',
    (name) => {
      const { most, rewritten, total } = simulate(100_000, sizes[name] ?? (() => 0));
      expect(most).toBeLessThan(20);
      expect(rewritten / total).toBeLessThan(16);
    },
  );

  it('leaves runs of very different sizes alone', () => {
    expect(
      pickMerge([{ bytes: 1e9 }, { bytes: 1e7 }, { bytes: 1e6 }, { bytes: 1e5 }], POLICY),
    ).toBeUndefined();
  });

  it('merges neighbours only, the newest of similar size first', () => {
    const runs = [1e9, 1e9, 1e9, 1e9, 1e6, 1e6, 1e6, 1e6].map((bytes) => ({ bytes }));
    expect(pickMerge(runs, POLICY)).toEqual({ from: 4, to: 8 });
  });

  it('does not merge what the caller forbids, unless there are too many runs', () => {
    const runs = Array.from({ length: 8 }, () => ({ bytes: 1e6 }));
    expect(pickMerge(runs, { ...POLICY, mayMerge: () => false })).toBeUndefined();
    expect(pickMerge([...runs, ...runs], { ...POLICY, mayMerge: () => false })).toEqual({ from: 0, to: 16 });
  });
});
