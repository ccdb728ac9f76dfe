import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { keyedExample, productExample } from './example-mesh.ts';

describe('dataset parts', () => {
  it('refuses datasets beside fields', () => {
    expect(problemsIn(keyedExample('datasets:\n  a: { key: none, fields: { x: string } }\n'))).toEqual([
      'SPEC_DATASET_PARTS 6:1 The key "fields" stands beside "datasets", which has fields and keys of its own.',
    ]);
  });

  it('asks for fields', () => {
    expect(problemsIn(productExample('key: row\n'))).toEqual([
      'SPEC_DATASET_PARTS 5:1 The product "flights.departures" lacks "fields".',
    ]);
  });
});
