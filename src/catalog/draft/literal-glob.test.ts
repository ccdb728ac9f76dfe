import picomatch from 'picomatch';
import { expect, it } from 'vitest';
import { literalGlob } from './literal-glob.ts';

it.each([
  'data (1).csv',
  'a[1].csv',
  'a*b.csv',
  'x/a{1,2}.csv',
  'a?b.csv',
  '@(a).csv',
  '(a|b).csv',
  'a.csv',
  'a b]c.csv',
])('names the file %s and no other', (path) => {
  const matches = picomatch(literalGlob(path));
  const others = ['data 1.csv', 'a1.csv', 'aXb.csv', 'x/a1.csv', 'a.tsv', 'b.csv', '@a.csv'];
  expect([path, ...others].filter((name) => matches(name))).toEqual([path]);
});
