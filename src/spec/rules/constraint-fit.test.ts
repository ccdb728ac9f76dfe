import { describe, expect, it } from 'vitest';
import { problemsOfField } from '../test-support/problems-in.ts';
import { AIRPORTS } from './example-mesh.ts';

describe('constraint fit', () => {
  it.each([
    ['{ type: integer, length: 3 }', 'The constraint "length" does not fit the type integer.'],
    ['{ type: integer, pattern: x }', 'The constraint "pattern" does not fit the type integer.'],
    ['{ type: boolean, min: 1 }', 'The constraint "min" does not fit the type boolean.'],
    ['{ type: json, unique: true }', 'The constraint "unique" does not fit the type json.'],
    [
      '{ type: array, items: string, enum: [a] }',
      'The constraint "enum" does not fit the type array of string.',
    ],
    ['{ from: airports.airports.iata, max: 3 }', 'The constraint "max" does not fit the type string.'],
    [
      '{ type: object, fields: { a: string }, default: x }',
      'The constraint "default" does not fit the type object.',
    ],
  ])('%s', (value, message) => {
    expect(problemsOfField(value, AIRPORTS)).toEqual([`SPEC_CONSTRAINT_MISFIT ${message}`]);
  });
});
