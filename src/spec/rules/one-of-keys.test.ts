import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { keyedExample } from './example-mesh.ts';

describe('one of keys', () => {
  it('refuses two languages of one transform', () => {
    const body =
      'inputs: { a: { from: push, fields: { x: string } } }\ntransform: { sql: select 1, typescript: a.ts }\n';
    expect(problemsIn(keyedExample(body))).toContain(
      'SPEC_ONE_OF_KEYS 10:29 The keys "sql" and "typescript" exclude each other in the transform.',
    );
  });

  it('refuses a distribution of which two things are to be compared, and takes one of which none is named', () => {
    const check = (more: string) =>
      problemsIn(
        keyedExample(`checks:\n  - distribution: { field: id, window: 7d, change: 10%${more} }\n`),
      ).filter((problem) => problem.startsWith('SPEC_ONE_OF_KEYS'));
    expect(check('')).toEqual([]);
    expect(check(', quantile: 95%, value: 1')).toEqual([
      'SPEC_ONE_OF_KEYS 10:72 The keys "quantile" and "value" exclude each other in a field, a window and a share.',
    ]);
  });

  it('refuses a check that checks nothing', () => {
    expect(problemsIn(keyedExample('checks:\n  - severity: warning\n'))[0]).toMatch(
      /^SPEC_ONE_OF_KEYS 10:5 One of the keys "rows"/,
    );
  });
});
