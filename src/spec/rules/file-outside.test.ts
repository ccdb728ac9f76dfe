import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { keyedExample } from './example-mesh.ts';

describe('file outside', () => {
  const paths = (path: string, more = '') =>
    keyedExample(`inputs: { a: { from: file, path: ${path}${more} } }\n`);

  it.each(['/etc/passwd', '../x.csv', 'a/../../x.csv', '..', '"C:\\\\x.csv"', '"..\\\\x.csv"'])(
    'refuses %s',
    (path) => {
      expect(problemsIn(paths(path)).map((p) => p.split(' ')[0])).toEqual(['SPEC_FILE_OUTSIDE']);
    },
  );

  it.each(['x.csv', 'a/../x.csv', './x.csv', '..x.csv', 'data/**/*.csv'])('accepts %s', (path) => {
    expect(problemsIn(paths(path))).toEqual([]);
  });

  it('checks every item of a list, also under a connection', () => {
    const mesh = { 'mesh.yaml': 'mesh: m\nconnections: { c: { type: folder, path: /srv } }\n' };
    expect(problemsIn({ ...paths('[ok.csv, ../no.csv]', ', connection: c'), ...mesh })).toEqual([
      'SPEC_FILE_OUTSIDE 9:43 The path "../no.csv" leaves the folder of the connection "c".',
    ]);
  });

  it('checks the file of a transform', () => {
    const body = (sql: string) =>
      `inputs: { a: { from: push, fields: { x: string } } }\ntransform: { sql: ${sql} }\n`;
    expect(problemsIn(keyedExample(body('../x.sql'))).map((p) => p.split(' ')[0])).toEqual([
      'SPEC_FILE_OUTSIDE',
    ]);
    expect(problemsIn(keyedExample(body('/x.sql'))).map((p) => p.split(' ')[0])).toEqual([
      'SPEC_FILE_OUTSIDE',
    ]);
  });
});
