import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { fieldExample, keyedExample } from './example-mesh.ts';

describe('number range', () => {
  it('refuses a length below zero and a batch above its bound', () => {
    expect(problemsIn(fieldExample('{ type: string, length: -1 }'))).toEqual([
      'SPEC_NUMBER_RANGE 8:34 The number -1 is out of range.',
    ]);
    expect(problemsIn(keyedExample('inputs:\n  a: { from: file, path: x, batch: 1001 }\n'))).toHaveLength(1);
  });

  it('refuses an integer that a program could not hold exactly', () => {
    expect(problemsIn(keyedExample('checks:\n  - rows: { max: 99999999999999999999 }\n'))).toHaveLength(1);
  });
});
