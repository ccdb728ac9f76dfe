import { describe, expect, it } from 'vitest';
import { diagnosticsIn } from '../test-support/problems-in.ts';
import { keyedExample } from './example-mesh.ts';

describe('reference form', () => {
  it('proposes the major version that is missing', () => {
    const [problem] = diagnosticsIn(keyedExample('inputs: { a: flights.routes }\n'));
    expect([problem?.code, problem?.hint]).toEqual([
      'SPEC_REFERENCE',
      'Add the major version: "flights.routes@1".',
    ]);
  });

  it.each(['flights.routes@v1', 'routes@1', 'flights.routes@1.2.0', 'flights.routes@01'])(
    'refuses %s',
    (reference) => {
      const codes = diagnosticsIn(keyedExample(`inputs: { a: ${reference} }\n`)).map((d) => d.code);
      expect(codes).toEqual(['SPEC_REFERENCE']);
    },
  );
});
