import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { keyedExample } from './example-mesh.ts';

describe('duplicate product', () => {
  it('names the other file, once', () => {
    const text = keyedExample('')['departures.product.yaml'] ?? '';
    expect(
      problemsIn({ 'a.product.yaml': text, 'b/b.product.yaml': text.replace('1.0.0', '1.9.0') }),
    ).toEqual([
      'SPEC_DUPLICATE_PRODUCT 1:10 The product "flights.departures@1" is declared twice; the other file is "a.product.yaml".',
    ]);
  });
});
