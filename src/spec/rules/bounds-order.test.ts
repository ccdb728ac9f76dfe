import { describe, expect, it } from 'vitest';
import { problemsIn, problemsOfField } from '../test-support/problems-in.ts';
import { AIRPORTS, keyedExample } from './example-mesh.ts';

describe('bounds order', () => {
  it.each([
    '{ type: integer, min: 9007199254740993, max: 9007199254740992 }',
    '{ type: decimal(20,18), min: 0.100000000000000001, max: 0.1 }',
    '{ type: date, min: 2001-01-31, max: 2001-01-30 }',
    '{ type: timestamp, min: "2001-01-31T00:00:00Z", max: "2001-01-31T00:30:00+01:00" }',
    '{ type: string, length: { min: 3, max: 2 } }',
    '{ from: airports.airports.iata, length: { min: 4, max: 3 } }',
  ])('refuses %s', (value) => {
    expect(problemsOfField(value, AIRPORTS).map((p) => p.split(' ')[0])).toEqual(['SPEC_MIN_ABOVE_MAX']);
  });

  it('compares a bound with the one that is reused', () => {
    const airports = {
      'a.product.yaml': (AIRPORTS['airports.product.yaml'] ?? '').replace(
        'city: string',
        'city: { type: integer, min: 10 }',
      ),
    };
    expect(problemsOfField('{ from: airports.airports.city, max: 9 }', airports)).toEqual([
      'SPEC_MIN_ABOVE_MAX The smallest value 10 is above the largest value 9.',
    ]);
  });

  it('accepts equal bounds, and looks at checks of rows', () => {
    expect(problemsOfField('{ type: decimal(4,2), min: 1.5, max: 1.50 }')).toEqual([]);
    expect(problemsIn(keyedExample('checks: [{ rows: { min: 2, max: 1 } }]\n'))).toHaveLength(1);
  });
});
