import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { productExample } from './example-mesh.ts';

describe('reuse cycle', () => {
  it('leaves fields alone that only lead to a circle which is reported', () => {
    const body =
      'key: none\nfields:\n  a: flights.departures.b\n  b: flights.departures.c\n  c: flights.departures.b\n';
    const problems = problemsIn(productExample(body));
    expect(problems).toEqual([
      'SPEC_REUSE_CYCLE 8:6 The field "b" reuses itself: b -> flights.departures.c -> flights.departures.b.',
    ]);
  });
});
