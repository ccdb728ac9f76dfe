import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { keyedExample } from './example-mesh.ts';

describe('input fields', () => {
  it('refuses fields that no transform reads', () => {
    expect(problemsIn(keyedExample('inputs: { a: { from: push, fields: { x: string } } }\n'))).toEqual([
      'SPEC_INPUT_FIELDS 9:28 The input "a" has "fields", but no transform reads them.',
    ]);
  });

  it('refuses a transform of nothing', () => {
    expect(problemsIn(keyedExample('transform: { sql: select 1 as id }\n'))).toEqual([
      'SPEC_INPUT_FIELDS 9:1 The product has a transform but no inputs.',
    ]);
  });
});
