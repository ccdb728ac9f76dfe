import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { keyedExample, productExample } from './example-mesh.ts';

describe('name collision', () => {
  const named = (name: string, version: string) =>
    (keyedExample('')['departures.product.yaml'] ?? '')
      .replace('flights.departures', name)
      .replace('1.0.0', version);

  it('sees that the second major of x and x-v2 would be one table', () => {
    expect(
      problemsIn({ 'a.product.yaml': named('a.x', '2.0.0'), 'b.product.yaml': named('a.x-v2', '1.0.0') }),
    ).toEqual([
      'SPEC_NAME_COLLISION 1:10 The products "a.x-v2@1" and "a.x@2" have the same name in SQL: "a.x_v2".',
    ]);
  });

  it('sees fields of a source that differ in case only', () => {
    const body =
      'inputs: { a: { from: push, fields: { Name: string, name: string } } }\ntransform: { sql: select 1 }\n';
    expect(problemsIn(keyedExample(body))[0]).toMatch(
      /^SPEC_NAME_COLLISION 9:52 The field "name" and the field "Name"/,
    );
  });

  it('keeps the column of "extra: keep" free', () => {
    expect(problemsIn(productExample('key: none\nextra: keep\nfields: { extra: string }\n'))).toEqual([
      'SPEC_NAME_COLLISION 7:11 The field "extra" has the name of the column that "extra: keep" adds.',
    ]);
    expect(problemsIn(productExample('key: none\nfields: { extra: string }\n'))).toEqual([]);
  });
});
