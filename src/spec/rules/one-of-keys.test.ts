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

  it('refuses a check that checks nothing', () => {
    expect(problemsIn(keyedExample('checks:\n  - severity: warning\n'))[0]).toMatch(
      /^SPEC_ONE_OF_KEYS 10:5 One of the keys "rows"/,
    );
  });
});
