import { expect, it } from 'vitest';
import { HashSet, hashPair, hashText } from './hash-set.ts';
import { KeyFinder } from './key-finder.ts';

it('finds no value twice among a million different texts and pairs', () => {
  const texts = new HashSet();
  const pairs = new HashSet();
  let repeated = 0;
  for (let i = 0; i < 1_000_000; i++) {
    if (!texts.add(hashText(`customer-${i}`))) repeated += 1;
    if (!pairs.add(hashPair(hashText(String(i % 1_000)), hashText(String(Math.floor(i / 1_000))))))
      repeated += 1;
  }
  expect(repeated).toBe(0);
  expect(texts.size).toBe(1_000_000);
  expect(texts.add(hashText('customer-77'))).toBe(false);
});

it('tells a pair from its reverse', () => {
  expect(hashPair(hashText('a'), hashText('b'))).not.toBe(hashPair(hashText('b'), hashText('a')));
});

it('keeps the likeliest key within its limit of entries, and proposes none beyond it', () => {
  const fields = ['name', 'id'].map((name) => ({
    field: { name, type: 'string' as const },
    samples: [],
    filled: 100,
  }));
  const keyAfter = (entriesMax: number) => {
    const finder = new KeyFinder(entriesMax);
    for (let i = 0; i < 100; i++) {
      finder.add([
        ['name', `n${i}`],
        ['id', `i${i}`],
      ]);
    }
    return finder.choose(fields);
  };
  expect(keyAfter(120)).toEqual(['id']);
  expect(keyAfter(50)).toBe('row');
});
