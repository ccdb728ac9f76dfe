import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { keyedExample } from './example-mesh.ts';

describe('spec file', () => {
  it('names the right suffix of a file that would be passed over', () => {
    expect(problemsIn({ ...keyedExample(''), 'sub/x.product.yml': 'product: a.b\n' })).toEqual([
      'SPEC_FILE 1:1 The file "sub/x.product.yml" would not be read: its name ends in ".yml".',
    ]);
  });
});
