import { describe, expect, it } from 'vitest';
import { diagnosticsIn, problemsIn } from '../test-support/problems-in.ts';
import { productExample } from './example-mesh.ts';

describe('key known', () => {
  it('accepts a single name without brackets', () => {
    expect(problemsIn(productExample('key: id\nfields: { id: string }\n'))).toEqual([]);
  });

  it('suggests the near field', () => {
    const [problem] = diagnosticsIn(productExample('key: flight_idd\nfields: { flight_id: string }\n'));
    expect([problem?.code, problem?.hint]).toEqual(['SPEC_KEY_UNKNOWN', 'Did you mean "flight_id"?']);
  });
});
