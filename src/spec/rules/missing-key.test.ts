import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { keyedExample, productExample } from './example-mesh.ts';

describe('missing key', () => {
  it('names every one that an empty file lacks', () => {
    const missing = problemsIn({ 'a.product.yaml': '' }).filter((p) => p.startsWith('SPEC_MISSING_KEY'));
    expect(missing.map((p) => /"(\w+)"/.exec(p)?.[1])).toEqual(['product', 'purpose', 'version']);
  });

  it('asks for the required options of a connector', () => {
    expect(problemsIn(keyedExample('inputs:\n  a: { from: file }\n'))).toEqual([
      'SPEC_MISSING_KEY 10:6 The key "path" is missing in the options of "file".',
    ]);
  });

  it('asks for key and fields in each dataset', () => {
    expect(problemsIn(productExample('datasets:\n  a: { fields: { id: string } }\n'))).toEqual([
      'SPEC_MISSING_KEY 6:6 The key "key" is missing in the dataset.',
    ]);
  });
});
