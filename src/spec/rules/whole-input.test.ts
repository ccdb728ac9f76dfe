import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { keyedExample, productExample } from './example-mesh.ts';

const LIST = '{ from: file, path: data.csv, mode: snapshot }';
const SECOND = '{ from: file, path: data.csv }';

describe('an input that replaces all rows', () => {
  it('is refused beside another one, whichever comes first', () => {
    expect(problemsIn(keyedExample(`inputs:\n  a: ${SECOND}\n  b: ${LIST}\n`))).toEqual([
      'SPEC_WHOLE_INPUT 11:42 The input "b" would delete the rows that "a" brings.',
    ]);
  });

  it('is refused beside another one of the same kind, at both', () => {
    expect(problemsIn(keyedExample(`inputs:\n  a: ${LIST}\n  b: ${LIST}\n`))).toHaveLength(2);
  });

  it('may stand alone, and beside the input of another dataset', () => {
    expect(problemsIn(keyedExample(`inputs:\n  a: ${LIST}\n`))).toEqual([]);
    const datasets =
      'datasets:\n  a: { key: [id], fields: { id: string } }\n  b: { key: [id], fields: { id: string } }\n';
    expect(problemsIn(productExample(`inputs:\n  a: ${LIST}\n  b: ${SECOND}\n${datasets}`))).toEqual([]);
  });
});
