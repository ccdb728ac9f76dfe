import { describe, expect, it } from 'vitest';
import { diagnosticsIn } from '../test-support/problems-in.ts';
import { keyedExample } from './example-mesh.ts';

describe('unknown domain', () => {
  it('suggests the near domain', () => {
    const [problem] = diagnosticsIn(
      keyedExample('', { 'mesh.yaml': 'mesh: m\ndomains: { flight: {}, airports: {} }\n' }),
    );
    expect([problem?.code, problem?.hint]).toEqual(['SPEC_UNKNOWN_DOMAIN', 'Did you mean "flight"?']);
  });
});
