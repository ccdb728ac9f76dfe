import { describe, expect, it } from 'vitest';
import { diagnosticsIn } from '../test-support/problems-in.ts';
import { AIRPORTS, keyedExample } from './example-mesh.ts';

describe('unknown product', () => {
  it('tells a missing major from a missing product', () => {
    const [problem] = diagnosticsIn(keyedExample('inputs: { a: airports.airports@2 }\n', AIRPORTS));
    expect([problem?.code, problem?.message, problem?.expected]).toEqual([
      'SPEC_UNKNOWN_PRODUCT',
      'The product "airports.airports" has no major version 2.',
      'one of airports.airports@1',
    ]);
  });

  it('says nothing of a product whose version is malformed, but of the version', () => {
    const airports = { 'a.product.yaml': (AIRPORTS['airports.product.yaml'] ?? '').replace('1.0.0', 'one') };
    expect(
      diagnosticsIn(keyedExample('inputs: { a: airports.airports@1 }\n', airports)).map((d) => d.code),
    ).toEqual(['SPEC_VERSION']);
  });
});
