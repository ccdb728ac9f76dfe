import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { keyedExample } from './example-mesh.ts';

describe('duplicate key', () => {
  it('marks the second one', () => {
    expect(problemsIn(keyedExample('doc: a\ndoc: b\n'))).toEqual([
      'SPEC_DUPLICATE_KEY 10:1 The key "doc" is written twice in the same map.',
    ]);
  });

  it('sees through quotes, and allows the same key in another map', () => {
    expect(problemsIn(keyedExample('slo: { freshness: 1h, "freshness": 2h }\n'))).toHaveLength(1);
    expect(problemsIn(keyedExample('checks:\n  - rows: { min: 1 }\n  - rows: { min: 2 }\n'))).toEqual([]);
  });
});
