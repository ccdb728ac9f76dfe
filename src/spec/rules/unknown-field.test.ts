import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { AIRPORTS, keyedExample, productExample } from './example-mesh.ts';

describe('unknown field', () => {
  it.each([
    ['airports.aerports.iata', 'there is no product "airports.aerports"'],
    ['airports.airports@2.iata', 'there is no major version "2"'],
    ['airports.airports.data.iata', 'there is no dataset "data"'],
    ['airports.airports.iota', 'there is no field "iota"'],
  ])('says which part of %s does not exist', (reference, why) => {
    expect(problemsIn(productExample(`key: [id]\nfields: { id: ${reference} }\n`, AIRPORTS))).toEqual([
      `SPEC_UNKNOWN_FIELD 6:15 The reference "${reference}" does not resolve: ${why}.`,
    ]);
  });

  it('looks at checks, masks and options', () => {
    const body = `checks:
  - unique: [id, dya]
  - nulls: { field: nope, max: 1% }
  - references: idd -> airports.airports.iata
access: [{ allow: [anyone], mask: { secret: null } }]
outputs: { rest: { order: when } }
`;
    expect(problemsIn(keyedExample(body, AIRPORTS)).map((p) => /"([^"]+)"/.exec(p)?.[1])).toEqual([
      'dya',
      'nope',
      'idd',
      'secret',
      'when',
    ]);
  });
});
