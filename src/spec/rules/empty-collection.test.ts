import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { fieldExample, productExample } from './example-mesh.ts';

describe('empty collection', () => {
  it('refuses a product without a field and a key without a name', () => {
    expect(problemsIn(productExample('key: []\nfields: {}\n'))).toEqual([
      'SPEC_EMPTY 5:6 The list is empty.',
      'SPEC_EMPTY 6:9 The map of fields is empty.',
    ]);
  });

  it('allows no tags', () => {
    expect(problemsIn({ ...fieldExample('string'), 'mesh.yaml': 'mesh: m\nteams: {}\n' })).toEqual([]);
  });
});
