import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dataset, Field } from '../field.ts';
import { createRenderer } from '../renderer.ts';
import type { SliceVerdict } from '../slice.ts';
import { anyFields, byValue, validDocument } from './test-documents.ts';
import { acceptedLines, verdictOf } from './test-validate.ts';

const RUNS = 400;

/** Texts that are near to what some field wants. */
const PIECES = [
  ...[
    '0',
    '-0',
    '1',
    '-5',
    '1.0',
    '1e2',
    '01',
    '0.1',
    '.5',
    '1.',
    '1.50',
    '-0.00',
    '0.00001',
    '12.5',
    '12.51',
  ],
  ...['9007199254740993', '9223372036854775808', '123456789012345', '1234567890123456', '0.1234567890123456'],
  ...['null', 'true', 'false', '"true"', 'nul', '""', '"a"', '"ä"', '"😀"', '"abcd"', '"a\\/b"', '"\\u0061"'],
  ...[
    '"\\u0000"',
    '"\\ud800"',
    '"a\\"b"',
    '"a\tb"',
    '"AA=="',
    '"AB=="',
    '"AAA="',
    '"AAB="',
    '"AAAA"',
    '"A==="',
  ],
  ...['"2001-01-31"', '"2001-02-29"', '"2000-02-29"', '"1900-02-29"', '"0000-01-01"', '"2001-13-01"'],
  ...[
    '"22:27:00"',
    '"22:27:00.5"',
    '"22:27:00.50"',
    '"24:00:00"',
    '"22:27:60"',
    '"22:27:00.1234567"',
    '"08:00:00."',
  ],
  ...[
    '"2001-01-31T22:27:00Z"',
    '"2001-01-31T22:27:00"',
    '"2001-01-31T22:27:00.1Z"',
    '"2001-01-31T22:27:00+02:00"',
  ],
  ...['[]', '{}', '[1,2]', '[null]', '[ 1 ,2 ]', '[1,]', '{"id":1}', '{"id":1,"id":2}', '{"select":"a"}'],
  ...['{"x":{"y":[{"z":1}]}}', '{"x":[{"z":1,"z":1}]}', '[[[]]]', `${'['.repeat(70)}${']'.repeat(70)}`],
];
const CHARACTERS = [...'{}[]",:\\ \t\r0123456789-+.eEtfnul/aTZä'];

const members = (fields: readonly Field[]) =>
  fc
    .array(
      fc.tuple(
        fc.oneof(
          { weight: 8, arbitrary: fc.constantFrom(...fields.map((field) => JSON.stringify(field.name))) },
          { weight: 1, arbitrary: fc.constantFrom('"w"', '"\\u0069d"', '"x y"') },
        ),
        fc.constantFrom(...PIECES),
        fc.constantFrom('', '', '', ' ', '\t'),
      ),
      { maxLength: 6 },
    )
    .map(
      (list) =>
        `{${list.map(([name, value, blank]) => `${blank}${name}${blank}:${blank}${value}`).join(',')}}`,
    );

/** One character more, less or other than before. */
const mutated = (text: fc.Arbitrary<string>) =>
  fc
    .tuple(text, fc.nat(), fc.constantFrom(...CHARACTERS), fc.nat(2))
    .map(([whole, place, character, way]) => {
      const at = place % (whole.length + 1);
      return whole.slice(0, at) + (way > 0 ? character : '') + whole.slice(at + (way < 2 ? 1 : 0));
    });

const datasetWithRecords = fc.boolean().chain((constrained) =>
  anyFields(constrained).chain((fields) => {
    const dataset = fc.record({
      name: fc.constant('d'),
      key: fc.constantFrom<Dataset['key']>('none', 'row', [fields[0]?.name ?? '']),
      fields: fc.constant(fields),
      extra: fc.constantFrom<Dataset['extra']>('refuse', 'keep', 'ignore'),
    });
    const valid = validDocument(fields).map((document) => document.written);
    const record = fc.oneof(valid, members(fields), mutated(valid), mutated(members(fields)));
    return fc.tuple(dataset, fc.array(record, { minLength: 1, maxLength: 12 }));
  }),
);

/** What consumers get of the accepted records. */
function values(dataset: Dataset, verdict: SliceVerdict): string[] {
  const shown = dataset.extra === 'ignore' ? { ...dataset, extra: 'refuse' as const } : dataset;
  return acceptedLines(verdict).map((line) => byValue(createRenderer(shown).document(line)));
}

describe('the quick way', () => {
  it('accepts nothing that the exact way does not, and no other value', () => {
    let taken = 0;
    fc.assert(
      fc.property(datasetWithRecords, ([dataset, records]) => {
        const text = records.map((record) => `${record}\n`).join('');
        const quick = verdictOf(dataset, text);
        const exact = verdictOf(dataset, text, { way: 'exact' });
        expect(quick.indices).toEqual(exact.indices);
        expect(quick.rejects).toEqual(exact.rejects);
        expect(values(dataset, quick)).toEqual(values(dataset, exact));
        taken += acceptedLines(quick).filter((line, i) => line !== acceptedLines(exact)[i]).length;
      }),
      { numRuns: RUNS },
    );
    // Without this the comparison could be one of the exact way with itself.
    expect(taken).toBeGreaterThan(RUNS / 10);
  });

  it('leaves the bytes of a plain record alone, and takes its fields in any order', () => {
    const dataset: Dataset = {
      name: 'd',
      key: 'none',
      extra: 'refuse',
      fields: Array.from({ length: 40 }, (_, i) => ({ name: `f${i}`, type: 'integer' })),
    };
    const names = dataset.fields.map((field, i) => `"${field.name}" : ${i}`);
    const lines = [`{${names.join(' , ')}}`, ` { ${names.reverse().join(',')} }`];
    expect(acceptedLines(verdictOf(dataset, lines.join('\r\n')))).toEqual(lines);
    const twice = `{${[...names, names[7]].join(',')}}`;
    expect(verdictOf(dataset, twice).rejects[0]?.reasons).toMatchObject([{ code: 'JSON_DUPLICATE_KEY' }]);
  });
});
