import { describe, expect, it } from 'vitest';
import { problemsNow } from '../test-support/problems-in.ts';
import { AIRPORTS, keyedExample } from './example-mesh.ts';

describe('not available', () => {
  const input = 'inputs: { a: { from: push, fields: { x: string } } }\n';

  it.each([
    ['outputs: { graphql: {} }', 'The port "graphql" is not available in this version.'],
    ['inputs: { a: { from: kafka, topic: x } }', 'The input "kafka" is not available in this version.'],
    ['deliver: { w: { to: warehouse } }', undefined],
    ['deliver: { w: { to: postgres } }', 'The delivery "postgres" is not available in this version.'],
    [
      `${input}transform: { sql: select 1, mode: refresh }`,
      'The key "mode" of a transform that is not SQL over tables is not available in this version.',
    ],
    [
      `${input}transform: { sql: select 1, every: 1h }`,
      'A schedule ("every") of a transform that is not SQL over tables is not available in this version.',
    ],
  ])('%s', (body, message) => {
    const problems = problemsNow(keyedExample(`${body}\n`, AIRPORTS)).filter((p) =>
      p.startsWith('SPEC_NOT_AVAILABLE'),
    );
    expect(problems.map((p) => p.replace(/^\S+ \S+ /, ''))).toEqual(message === undefined ? [] : [message]);
  });

  it.each([
    'tier: gold\ngate: true\nchecks: [{ rows: { min: 1 } }]',
    'slo: { freshness: 1h }',
    'access: [{ allow: anyone, ports: [rest] }]',
    'access: [{ allow: [user:bo], rows: "x = 1", until: 2027-01-31 }, { deny: [service:etl] }]',
  ])('allows %s', (body) => {
    expect(problemsNow(keyedExample(`${body}\n`))).toEqual([]);
  });

  it('refuses policies', () => {
    const mesh = 'mesh: m\npolicies: { a: { sql: select 1 } }\n';
    expect(problemsNow(keyedExample('', { 'mesh.yaml': mesh }))).toEqual([
      'SPEC_NOT_AVAILABLE 2:1 The key "policies" of a mesh is not available in this version.',
    ]);
  });

  it('names a type of connection that is planned', () => {
    const mesh = 'mesh: m\nconnections: { w: { type: kafka, host: x } }\n';
    expect(problemsNow(keyedExample('', { 'mesh.yaml': mesh }))).toEqual([
      'SPEC_NOT_AVAILABLE 2:27 The connection type "kafka" is not available in this version.',
    ]);
  });
});
