import { describe, expect, it } from 'vitest';
import { diagnosticsIn, problemsOfField } from '../test-support/problems-in.ts';
import { fieldExample } from './example-mesh.ts';

describe('value type', () => {
  it.each([
    '{ type: integer, max: 9223372036854775808 }',
    '{ type: integer, default: 1e3 }',
    '{ type: decimal(4,2), default: 1.234 }',
    '{ type: decimal(4,2), max: 100 }',
    '{ type: date, min: 2001-02-29 }',
    '{ type: timestamp, min: 2001-01-31T00:00:00 }',
    '{ type: timestamp, zone: local, min: 2001-01-31T00:00:00Z }',
    '{ type: time, enum: ["24:00:00"] }',
    '{ type: boolean, default: yes }',
    '{ type: json, default: "{a: 1}" }',
    '{ type: number, max: .inf }',
    '{ type: string, enum: [1, a] }',
  ])('refuses %s', (value) => {
    expect(problemsOfField(value).map((p) => p.split(' ')[0])).toEqual(['SPEC_VALUE_TYPE']);
  });

  it.each([
    '{ type: integer, min: -9223372036854775808, max: 9223372036854775807 }',
    '{ type: decimal(4,2), default: 1.500 }',
    '{ type: decimal(38,0), max: 99999999999999999999999999999999999999 }',
    '{ type: timestamp, min: "2001-01-31T00:00:00.000001+02:00" }',
    '{ type: date, min: 2004-02-29 }',
    '{ type: boolean, default: true }',
    '{ type: number, max: 1e300 }',
    '{ type: bytes, default: "aGk=" }',
  ])('accepts %s', (value) => {
    expect(problemsOfField(value)).toEqual([]);
  });

  it('says that a number among texts wants quotes', () => {
    expect(diagnosticsIn(fieldExample('{ type: string, enum: [007] }')).map((d) => d.hint)).toEqual([
      'Put it in quotes: "007".',
    ]);
  });
});
