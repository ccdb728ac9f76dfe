import { describe, expect, it } from 'vitest';
import { problemsOfField } from '../test-support/problems-in.ts';

describe('type parts', () => {
  it.each([
    ['object', 'SPEC_TYPE_PARTS The field "value" is of the type object but lacks "fields".'],
    ['{ type: string, zone: utc }', 'SPEC_TYPE_PARTS The key "zone" does not fit the type string.'],
    [
      '{ type: object, fields: { a: string }, items: string }',
      'SPEC_TYPE_PARTS The key "items" does not fit the type object.',
    ],
    [
      '{ type: array, items: array }',
      'SPEC_TYPE_PARTS The field "items" is of the type array but lacks "items".',
    ],
  ])('%s', (value, problem) => {
    expect(problemsOfField(value)).toEqual([problem]);
  });
});
