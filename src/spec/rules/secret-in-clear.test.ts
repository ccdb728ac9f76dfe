import { describe, expect, it } from 'vitest';
import { diagnosticsIn, problemsIn } from '../test-support/problems-in.ts';
import { keyedExample } from './example-mesh.ts';

describe('secret in clear', () => {
  const input = (option: string) => keyedExample(`inputs: { a: { from: file, path: x, ${option} } }\n`);

  it.each(['token: abc', 'token: "x\u0024{TOKEN}"', 'token: "$TOKEN"'])('refuses %s', (option) => {
    expect(problemsIn(input(option)).map((p) => p.split(' ')[0])).toEqual(['SPEC_SECRET_IN_CLEAR']);
  });

  it('marks the password of a URL alone, wherever it stands', () => {
    const [problem] = diagnosticsIn(keyedExample('doc: see ftp://bo:hunter2@host/x\n'));
    expect([problem?.code, problem?.place.column, problem?.width]).toEqual(['SPEC_SECRET_IN_CLEAR', 19, 7]);
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });

  it('leaves URLs without a password alone', () => {
    expect(
      problemsIn(keyedExample('doc: see https://host/x?at=a:b@c and ftp://bo@host, bo:pw@host\n')),
    ).toEqual([]);
    expect(problemsIn(keyedExample('doc: "postgres://bo:\u0024{PW}@host/x"\n'))).toEqual([]);
  });

  it('knows keys by their shape', () => {
    expect(problemsIn(keyedExample('doc: AKIAIOSFODNN7EXAMPLE\n'))).toHaveLength(1);
  });

  const connection = (options: string) =>
    keyedExample('', {
      'mesh.yaml': `mesh: m\nconnections: { c: { type: http, url: "https://a.example", ${options} } }\n`,
    });

  it.each([
    'token: abc',
    'password: abc',
    'headers: { Authorization: Bearer abc }',
    'headers: { X-Api-Key: abc }',
  ])('refuses %s of a connection', (option) => {
    expect(problemsIn(connection(option)).map((p) => p.split(' ')[0])).toEqual(['SPEC_SECRET_IN_CLEAR']);
  });

  it('allows a header that puts a reference behind a word, and headers that are no secrets', () => {
    const headers = 'headers: { Authorization: "Bearer \u0024{TOKEN}", Accept: text/csv }';
    expect(problemsIn(connection(headers))).toEqual([]);
  });
});
