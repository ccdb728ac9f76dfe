import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import type { Dataset, Field } from './field.ts';
import { datasetJsonSchema } from './json-schema.ts';

const addFormats = addFormatsModule.default;

function compile(fields: readonly Field[], extra: Dataset['extra'] = 'refuse') {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  addFormats(ajv);
  const schema = datasetJsonSchema(
    { name: 'd', key: 'none', fields, extra },
    { title: 'D', id: 'https://x.test/d' },
  );
  expect(ajv.validateSchema(schema)).toBe(true);
  return ajv.compile(schema);
}

function accepts(field: Omit<Field, 'name'>, value: unknown): boolean {
  return compile([{ name: 'v', ...field }])({ v: value });
}

describe('datasetJsonSchema', () => {
  it.each<[Omit<Field, 'name'>, unknown[], unknown[]]>([
    [{ type: 'string', length: { min: 2, max: 3 } }, ['ab', '😀😀😀', null], ['a', 'abcd', 5]],
    [{ type: 'string', enum: ['a', 'b'], required: true }, ['a'], ['c', null]],
    [{ type: 'string', enum: ['a'] }, ['a', null], ['b']],
    [{ type: 'string', pattern: '^[A-Z]{3}$' }, ['DFW'], ['dfw']],
    [{ type: 'string', format: 'email' }, ['a@b.example'], ['ab']],
    [{ type: 'integer', min: '1', max: '5' }, [1, 5], [0, 6, 1.5, '1']],
    [{ type: 'number', max: '0.5' }, [0.5, -1], [0.6]],
    [{ type: 'decimal', precision: 4, scale: 2, min: '0.5' }, [0.5, 99.99], [0.4, 100]],
    [{ type: 'boolean' }, [true], ['true', 1]],
    [{ type: 'date' }, ['2001-01-31'], ['2001-02-29', '31.1.2001']],
    [{ type: 'time' }, ['22:27:00', '22:27:00.5'], ['22:27']],
    [{ type: 'timestamp' }, ['2001-01-31T22:27:00.5Z'], ['2001-01-31T22:27:00']],
    [{ type: 'timestamp', zone: 'local' }, ['2001-01-31T22:27:00'], ['2001-01-31T22:27:00Z']],
    [{ type: 'bytes', length: { max: 3 } }, ['AAEC'], ['AAECAAEC']],
    [{ type: 'json', required: true }, [1, 'a', [], {}], [null]],
    [{ type: 'json' }, [null, 1], []],
    [
      { type: 'array', items: { name: 'items', type: 'integer' }, length: { min: 1 } },
      [[1, null]],
      [[], ['a']],
    ],
    [
      { type: 'object', fields: [{ name: 'a', type: 'string', required: true }] },
      [{ a: 'x' }, null],
      [{}, { a: 'x', b: 1 }],
    ],
  ])('%o', (field, good, bad) => {
    for (const value of good)
      expect({ value, accepted: accepts(field, value) }).toEqual({ value, accepted: true });
    for (const value of bad)
      expect({ value, accepted: accepts(field, value) }).toEqual({ value, accepted: false });
  });

  it('requires what is required, unless a default takes its place', () => {
    const validate = compile([
      { name: 'a', type: 'integer', required: true },
      { name: 'b', type: 'integer', required: true, default: '5' },
    ]);
    expect(validate({ a: 1 })).toBe(true);
    expect(validate({ b: 1 })).toBe(false);
  });

  it('is closed only where the dataset is', () => {
    expect(compile([], 'refuse')({ x: 1 })).toBe(false);
    expect(compile([], 'keep')({ x: 1 })).toBe(true);
    expect(compile([], 'ignore')({ x: 1 })).toBe(true);
  });

  it('shows what no double can hold instead of rounding it', () => {
    const schema = datasetJsonSchema(
      {
        name: 'd',
        key: ['id'],
        extra: 'refuse',
        fields: [
          { name: 'id', type: 'integer', min: '9007199254740993', enum: ['9007199254740993'], doc: 'An id.' },
        ],
      },
      { title: 'D' },
    );
    expect(schema).toMatchObject({
      'x-key': ['id'],
      properties: {
        id: {
          type: ['integer', 'null'],
          'x-minimum': '9007199254740993',
          'x-enum': ['9007199254740993'],
          description: 'An id.',
        },
      },
    });
    expect(JSON.stringify(schema)).not.toContain('9007199254740992');
  });

  it('shows a pattern that ECMAScript does not know', () => {
    expect(() => compile([{ name: 'v', type: 'string', pattern: '(?i)abc\\z' }])).not.toThrow();
  });
});
