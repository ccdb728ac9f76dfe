import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { keyedExample } from './example-mesh.ts';

describe('principal form', () => {
  it.each(['anyone', 'team:planning', 'user:ana@example.org', 'service:app-1', 'product:shop.sales'])(
    'accepts %s',
    (text) => {
      expect(problemsIn(keyedExample(`access: [{ allow: ["${text}"] }]\n`))).toEqual([]);
    },
  );

  it.each(['everyone', 'team:', 'planning', 'team:a b', 'group:x', 'role:admin'])('refuses %s', (text) => {
    expect(
      problemsIn(keyedExample(`access: [{ allow: ["${text}"] }]\n`)).map((p) => p.split(' ')[0]),
    ).toEqual(['SPEC_PRINCIPAL']);
  });
});
