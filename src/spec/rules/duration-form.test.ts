import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { keyedExample } from './example-mesh.ts';

describe('duration form', () => {
  it.each(['30d', '500ms', '1.5h', '2w', '0s'])('accepts %s', (text) => {
    expect(problemsIn(keyedExample(`history: "${text}"\n`))).toEqual([]);
  });

  it.each(['30', 'd30', '30 d', '-1h', '1y', '1h30m', ''])('refuses %s', (text) => {
    expect(problemsIn(keyedExample(`history: "${text}"\n`)).map((p) => p.split(' ')[0])).toEqual([
      'SPEC_DURATION',
    ]);
  });
});
