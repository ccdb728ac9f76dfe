import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { AIRPORTS, productExample } from './example-mesh.ts';

describe('key scalar', () => {
  it('also sees it through a reused field', () => {
    const airports = {
      'a.product.yaml': (AIRPORTS['airports.product.yaml'] ?? '').replace('city: string', 'city: json'),
    };
    expect(problemsIn(productExample('key: [c]\nfields: { c: airports.airports.city }\n', airports))).toEqual(
      ['SPEC_KEY_NOT_SCALAR 5:7 The key field "c" is of the type json, which cannot identify a row.'],
    );
  });

  it.each(['string', 'integer', 'date', 'timestamp', 'decimal(9,2)', 'boolean', 'bytes'])(
    'accepts %s',
    (type) => {
      expect(problemsIn(productExample(`key: [k]\nfields:\n  k: ${type}\n`))).toEqual([]);
    },
  );
});
