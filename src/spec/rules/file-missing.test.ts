import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { keyedExample } from './example-mesh.ts';

describe('file missing', () => {
  const body = (sql: string) =>
    `inputs: { a: { from: push, fields: { x: string } } }\ntransform: { sql: ${sql} }\n`;

  it('looks beside the spec, not beside mesh.yaml', () => {
    const text = keyedExample(body('x.sql'))['departures.product.yaml'] ?? '';
    expect(problemsIn({ 'sub/a.product.yaml': text, 'x.sql': 'select 1' })).toEqual([
      'SPEC_FILE_MISSING 10:19 The file "sub/x.sql" does not exist.',
    ]);
    expect(problemsIn({ 'sub/a.product.yaml': text, 'sub/x.sql': 'select 1' })).toEqual([]);
  });

  it('takes SQL written inline as SQL', () => {
    expect(problemsIn(keyedExample(body('select x as "a.sql" from a')))).toEqual([]);
  });

  it('looks for the folder of a connection', () => {
    const mesh = 'mesh: m\nconnections: { c: { type: folder, path: data } }\n';
    expect(problemsIn(keyedExample('', { 'mesh.yaml': mesh }))).toEqual([
      'SPEC_FILE_MISSING 2:41 The folder "data" does not exist.',
    ]);
    expect(problemsIn(keyedExample('', { 'mesh.yaml': mesh, 'data/a.csv': 'a\n' }))).toEqual([]);
  });
});
