import { describe, expect, it } from 'vitest';
import { diagnosticsIn, problemsOfField } from '../test-support/problems-in.ts';
import { fieldExample } from './example-mesh.ts';

describe('field type', () => {
  it.each([
    'string',
    'decimal(38,38)',
    'decimal(1, 0)',
    '{ type: decimal(12,2), min: 0 }',
    '{ min: 0, type: decimal( 12 , 2 ) }',
    '{ type: "decimal(12,2)" }',
    '{ type: timestamp, zone: local }',
  ])('accepts %s', (type) => {
    expect(problemsOfField(type)).toEqual([]);
  });

  it.each(['decimal(39,2)', 'decimal(2,3)', 'decimal(0,0)'])('refuses %s', (type) => {
    expect(problemsOfField(type)).toEqual([`SPEC_FIELD_TYPE The type "${type}" is out of range.`]);
  });

  it.each([
    ['datetime', 'Here it is called "timestamp".'],
    ['VARCHAR(20)', 'Here it is called "string".'],
    ['strin', 'Did you mean "string"?'],
    ['decimal', 'Here it is called "decimal(18,2)".'],
  ])('leads from %s to our word', (type, hint) => {
    expect(diagnosticsIn(fieldExample(type)).map((d) => [d.code, d.hint])).toEqual([
      ['SPEC_FIELD_TYPE', hint],
    ]);
  });
});
