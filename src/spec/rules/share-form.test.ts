import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { keyedExample } from './example-mesh.ts';

describe('share form', () => {
  it.each(['99.5%', '100%', '100.0%', '0%', '99 %'])('accepts %s', (text) => {
    expect(problemsIn(keyedExample(`slo: { completeness: "${text}" }\n`))).toEqual([]);
  });

  it.each(['100.1%', '101%', '99.5', '-1%', '%', '99,5%'])('refuses %s', (text) => {
    expect(
      problemsIn(keyedExample(`slo: { completeness: "${text}" }\n`)).map((p) => p.split(' ')[0]),
    ).toEqual(['SPEC_SHARE']);
  });
});
