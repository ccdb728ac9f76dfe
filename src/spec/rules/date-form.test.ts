import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { keyedExample } from './example-mesh.ts';

describe('date form', () => {
  it.each(['2027-01-31', '2028-02-29'])('accepts %s', (text) => {
    expect(problemsIn(keyedExample(`access: [{ allow: [anyone], until: "${text}" }]\n`))).toEqual([]);
  });

  it.each(['2027-02-29', '2027-13-01', '2027-1-1', '31.1.2027', '2027-00-10'])('refuses %s', (text) => {
    expect(
      problemsIn(keyedExample(`access: [{ allow: [anyone], until: "${text}" }]\n`)).map(
        (p) => p.split(' ')[0],
      ),
    ).toEqual(['SPEC_DATE']);
  });
});
