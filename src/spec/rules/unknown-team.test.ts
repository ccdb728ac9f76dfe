import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { keyedExample } from './example-mesh.ts';

describe('unknown team', () => {
  it('checks owners of products, domains and defaults, and principals', () => {
    const mesh = 'mesh: m\nteams: { ops: }\ndomains: { flights: { owner: opss } }\ndefaults: { owner: op }\n';
    const body = 'access: [{ allow: [team:ops, team:planning, user:team] }]\n';
    expect(
      problemsIn(keyedExample(body, { 'mesh.yaml': mesh })).map((p) => /"([^"]+)"/.exec(p)?.[1]),
    ).toEqual(['operations', 'planning', 'opss', 'op']);
  });
});
