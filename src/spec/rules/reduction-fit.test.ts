import { describe, expect, it } from 'vitest';
import { problemsIn, problemsOfField } from '../test-support/problems-in.ts';
import { productExample } from './example-mesh.ts';

describe('reduction fit', () => {
  it.each([
    ['sum', 'date', false],
    ['sum', 'decimal(9,2)', true],
    ['min', 'boolean', false],
    ['max', 'timestamp', true],
    ['append', 'string', false],
    ['merge', 'json', true],
    ['merge', 'string', false],
    ['first', 'json', true],
    ['last', 'boolean', true],
  ] as const)('%s of a %s', (reduce, type, fits) => {
    expect(problemsOfField(`{ type: "${type}", reduce: ${reduce} }`)).toHaveLength(fits ? 0 : 1);
  });

  it('refuses one at a key field, in a dataset without a key, and inside an object', () => {
    const why = (body: string) => problemsIn(productExample(body)).map((p) => p.replace(/^.*"(id|a)" /, ''));
    expect(why('key: [id]\nfields: { id: { type: integer, reduce: sum } }\n')).toEqual([
      'is not possible, because the field is part of the key.',
    ]);
    expect(why('key: row\nfields: { id: { type: integer, reduce: sum } }\n')).toEqual([
      'has no effect, because records of the dataset are never combined.',
    ]);
    expect(problemsOfField('{ type: object, fields: { a: { type: integer, reduce: sum } } }')).toEqual([
      'SPEC_REDUCTION_MISFIT The reduction "sum" of "a" stands inside another field, where nothing is combined.',
    ]);
  });
});
