import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dataset, Field } from './field.ts';
import { datasetJsonSchema } from './json-schema.ts';
import { createSliceValidator } from './slice-validator.ts';

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

/** Types and constraints that JSON Schema can say in full. */
const sayable: fc.Arbitrary<Omit<Field, 'name'>> = fc.oneof(
  fc.constantFrom<Omit<Field, 'name'>>(
    { type: 'string' },
    { type: 'string', length: { min: 1, max: 3 } },
    { type: 'string', pattern: '^[a-z]+$' },
    { type: 'string', enum: ['a', '1', 'true'] },
    { type: 'integer' },
    { type: 'integer', min: '-1', max: '10' },
    { type: 'integer', enum: ['0', '7'] },
    { type: 'number', min: '0.5' },
    { type: 'decimal', precision: 4, scale: 2, max: '12.5' },
    { type: 'boolean' },
    { type: 'date' },
    { type: 'time' },
    { type: 'timestamp' },
    { type: 'timestamp', zone: 'local' },
    { type: 'json' },
    { type: 'array', items: { name: 'items', type: 'integer' }, length: { max: 1 } },
    { type: 'object', fields: [{ name: 'a', type: 'string', required: true }] },
  ),
);

const value = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    1,
    -5,
    7,
    0.5,
    12.5,
    99.25,
    1e3,
    'a',
    '',
    'abcd',
    '1',
    'true',
    '\u{1F600}',
  ),
  fc.constantFrom<unknown>(
    '2001-01-31',
    '2001-02-30',
    '22:27:00',
    '22:27',
    '2001-01-31T22:27:00Z',
    '2001-01-31T22:27:00',
  ),
  fc.constantFrom<unknown>([], [1], [1, 2], ['a'], [null], {}, { a: 'x' }, { a: null }, { a: 'x', b: 1 }),
);

/** Decimals may also come as text, so that none is rounded on its way; the schema tells of JSON form, where they are numbers. */
function withDecimalsAsNumbers(fields: readonly Field[], record: Record<string, unknown>): unknown {
  const decimals = new Set(fields.filter((field) => field.type === 'decimal').map((field) => field.name));
  return Object.fromEntries(
    Object.entries(record).map(([name, v]) => [name, decimals.has(name) && v === '1' ? 1 : v]),
  );
}

it('JSON Schema accepts and refuses the same records as the capture does', () => {
  const field = fc.tuple(sayable, fc.boolean()).map(([type, required]) => ({ ...type, required }));
  const dataset = fc.tuple(field, field).map(
    ([a, b]) =>
      [
        { name: 'a', ...a },
        { name: 'b', ...b },
      ] satisfies Field[],
  );
  const record = fc.record({ a: value, b: value, c: value }, { requiredKeys: [], noNullPrototype: true });
  const mostlyKnown = fc
    .tuple(record, fc.nat(5))
    .map(([{ c, ...known }, n]) => (n === 0 ? { ...known, c } : known));
  fc.assert(
    fc.property(dataset, fc.array(mostlyKnown, { minLength: 1, maxLength: 20 }), (fields, records) => {
      const validate = compile(fields);
      const capture = createSliceValidator({ name: 'd', key: 'none', fields, extra: 'refuse' });
      for (const given of records) {
        const bytes = Buffer.from(`${JSON.stringify(given)}\n`);
        const captured = capture({ bytes, framing: { format: 'ndjson' }, line: 1 });
        // `undefined` members are no members in JSON, so both see the record as it was sent.
        const accepted = validate(withDecimalsAsNumbers(fields, JSON.parse(JSON.stringify(given))));
        expect({ fields, given, accepted }).toEqual({ fields, given, accepted: captured.count === 1 });
      }
    }),
    { numRuns: 150 },
  );
});
