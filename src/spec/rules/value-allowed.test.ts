import { describe, expect, it } from 'vitest';
import { problemsOfField } from '../test-support/problems-in.ts';
import { AIRPORTS } from './example-mesh.ts';

describe('value allowed', () => {
  it.each([
    ['{ type: integer, max: 5, enum: [1, 6] }', 'The member of the enum "6" breaks max 5.'],
    [
      '{ type: decimal(4,2), enum: [1.5, 1.50] }',
      'The member of the enum "1.50" breaks the rule that members occur once.',
    ],
    ['{ type: string, enum: [a, b], default: c }', 'The default "c" breaks enum [a, b].'],
    ['{ type: string, length: { max: 2 }, default: "äöü" }', 'The default "äöü" breaks length max 2.'],
    ['{ type: string, pattern: "^[A-Z]+$", default: dfw }', 'The default "dfw" breaks pattern "^[A-Z]+$".'],
    [
      '{ type: integer, min: 9007199254740993, default: 9007199254740992 }',
      'The default "9007199254740992" breaks min 9007199254740993.',
    ],
    ['{ from: airports.airports.iata, default: LONG }', 'The default "LONG" breaks length max 3.'],
  ])('%s', (value, message) => {
    expect(problemsOfField(value, AIRPORTS)).toEqual([`SPEC_VALUE_NOT_ALLOWED ${message}`]);
  });

  it('compares numbers by value, not by how they are written', () => {
    expect(problemsOfField('{ type: decimal(4,2), enum: [1.5, 2], default: 2.00 }')).toEqual([]);
  });
});
