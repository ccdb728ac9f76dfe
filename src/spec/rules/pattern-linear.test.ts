import { describe, expect, it } from 'vitest';
import { problemsOfField } from '../test-support/problems-in.ts';

describe('pattern linear', () => {
  it.each([
    ['(?!x)y', 'uses a negative look-ahead "(?!...)", which needs backtracking'],
    ['(?<=x)y', 'uses a look-behind "(?<=...)", which needs backtracking'],
    ['(a)\\1', 'uses a back-reference such as "\\1", which needs backtracking'],
    ['a*+', 'uses a possessive quantifier such as "*+", which needs backtracking'],
    ['(?>a)', 'uses an atomic group "(?>...)", which needs backtracking'],
  ])('says which construct of %s is the trouble', (pattern, why) => {
    expect(problemsOfField(`{ type: string, pattern: '${pattern}' }`)).toEqual([
      `SPEC_PATTERN The pattern "${pattern}" ${why}.`,
    ]);
  });

  it('passes on what the engine says of a typing error', () => {
    expect(problemsOfField("{ type: string, pattern: '[a-' }")[0]).toMatch(
      /^SPEC_PATTERN The pattern "\[a-" cannot be compiled: /,
    );
  });

  it.each(['^[A-Z]{3}$', '^\\d+(-\\d+)*$', '\\p{L}+', '(?i)abc'])('accepts %s', (pattern) => {
    expect(problemsOfField(`{ type: string, pattern: '${pattern}' }`)).toEqual([]);
  });
});
