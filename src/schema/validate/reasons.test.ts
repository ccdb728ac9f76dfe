import { describe, expect, it } from 'vitest';
import type { Dataset } from '../field.ts';
import { REASONS } from '../reasons.ts';
import { RECORD_BYTES_MAX } from './record-check.ts';
import { datasetOf, fieldV, outcome, verdictOf } from './test-validate.ts';

const text = fieldV({ type: 'string', required: true, length: { min: 2, max: 3 }, pattern: '^[a-z]+$' });
const integer = fieldV({ type: 'integer', min: '1', max: '9007199254740993' });
const anything = fieldV({ type: 'json' });
const csv = {
  format: 'csv' as const,
  columns: ['v'],
  delimiter: ',',
  quote: '"',
  nulls: [],
};

const CASES: readonly (readonly [codes: string, dataset: Dataset, record: string | Uint8Array])[] = [
  ['JSON_INVALID', text, '{"v":"abc"'],
  ['JSON_INVALID', text, "{'v':1}"],
  ['JSON_INVALID', text, '{"v":"abc"}{}'],
  ['JSON_INVALID', integer, '{"v":01}'],
  ['JSON_INVALID', integer, '{"v":1.}'],
  ['JSON_INVALID', integer, '{"v":NaN}'],
  ['JSON_INVALID', integer, '{"v":1,}'],
  ['JSON_INVALID', text, '{"v":"a\tc"}'],
  ['JSON_INVALID', text, '{"v":"\\x41"}'],
  ['JSON_INVALID', text, '\uFEFF{"v":"abc"}'],
  ['JSON_INVALID', text, '{"v":"abc"}\u0000'],
  ['JSON_INVALID', text, '\u0000\u0001'],
  ['JSON_NOT_AN_OBJECT', text, '[1]'],
  ['JSON_NOT_AN_OBJECT', text, 'null'],
  ['JSON_TOO_DEEP', anything, `{"v":${'['.repeat(64)}${']'.repeat(64)}}`],
  ['JSON_DUPLICATE_KEY /v', text, '{"v":"abc","v":"abd"}'],
  ['JSON_DUPLICATE_KEY /v', text, '{"v":"abc","\\u0076":"abd"}'],
  ['JSON_DUPLICATE_KEY /v/0/a~1b', anything, '{"v":[{"a/b":1,"a/b":1}]}'],
  ['TEXT_NOT_UTF8', text, Buffer.from('{"v":"ab\xff"}', 'latin1')],
  ['TEXT_NOT_UTF8', text, Buffer.from('{"v":"\xed\xa0\x80"}', 'latin1')],
  ['TEXT_NUL /v', text, '{"v":"a\\u0000b"}'],
  ['TEXT_NUL /v/0', anything, '{"v":["\\u0000"]}'],
  ['TEXT_NUL /v', anything, '{"v":{"\\u0000":1}}'],
  ['TEXT_LONE_SURROGATE /v', text, '{"v":"a\\ud83d"}'],
  ['TEXT_LONE_SURROGATE /v', text, '{"v":"\\ude00\\ud83d"}'],
  ['TEXT_LONE_SURROGATE /v/a', anything, '{"v":{"a":{"\\ud83d":1}}}'],
  ['FIELD_UNKNOWN /w', text, '{"v":"abc","w":1}'],
  ['FIELD_REQUIRED /v', text, '{}'],
  ['FIELD_REQUIRED /v', text, '{"v":null}'],
  ['TYPE_MISMATCH /v', text, '{"v":5}'],
  ['TYPE_MISMATCH /v', integer, '{"v":"5"}'],
  ['TYPE_MISMATCH /v', integer, '{"v":1.5}'],
  ['NUMBER_NOT_EXACT /v', integer, '{"v":9223372036854775808}'],
  ['NUMBER_NOT_EXACT /v', fieldV({ type: 'number' }), '{"v":0.12345678901234567890}'],
  ['BELOW_MIN /v', integer, '{"v":0}'],
  ['ABOVE_MAX /v', integer, '{"v":9007199254740994}'],
  ['TOO_SHORT /v', text, '{"v":"a"}'],
  ['TOO_SHORT /v', text, '{"v":"😀"}'.replace('😀', 'ä')],
  ['TOO_LONG /v', text, '{"v":"abcd"}'],
  ['TOO_LONG /v', fieldV({ type: 'bytes', length: { max: 1 } }), '{"v":"AAA="}'],
  [
    'TOO_LONG /v',
    fieldV({ type: 'array', items: { name: 'items', type: 'integer' }, length: { max: 1 } }),
    '{"v":[1,2]}',
  ],
  ['PATTERN_MISMATCH /v', text, '{"v":"ABC"}'],
  ['FORMAT_MISMATCH /v', fieldV({ type: 'string', format: 'uuid' }), '{"v":"1234"}'],
  ['NOT_IN_ENUM /v', fieldV({ type: 'string', enum: ['a', 'b'] }), '{"v":"c"}'],
];

describe('a record is rejected', () => {
  it.each(CASES)('%s', (code, dataset, record) => {
    const found = outcome(verdictOf(dataset, record));
    expect(found).toContain(code);
    expect(found.every((reason) => reason.split(' ')[0] !== undefined && reason !== '')).toBe(true);
  });

  it('RECORD_TOO_LONG, and its beginning is shown', () => {
    const line = `{"v":"${'a'.repeat(RECORD_BYTES_MAX)}"}`;
    const { rejects, count } = verdictOf(fieldV({ type: 'string' }), `${line}\n{"v":"a"}\n`);
    expect(count).toBe(1);
    expect(rejects.map((r) => [r.reasons[0]?.code, r.line, r.document.length])).toEqual([
      ['RECORD_TOO_LONG', 10, 65_536],
    ]);
    const cell = outcome(
      verdictOf(fieldV({ type: 'string' }), `${'a'.repeat(RECORD_BYTES_MAX + 1)}\n`, { framing: csv }),
    );
    expect(cell).toEqual(['RECORD_TOO_LONG']);
  });

  it('CSV_CELL_COUNT and CSV_QUOTE', () => {
    const codes = (record: string) =>
      outcome(verdictOf(fieldV({ type: 'string' }), record, { framing: csv }));
    expect(codes('a,b\n')).toEqual(['CSV_CELL_COUNT']);
    expect(codes('"a"b\n')).toEqual(['CSV_QUOTE']);
    expect(codes('"a\n')).toEqual(['CSV_QUOTE']);
  });

  it('with every code but those that validation itself does not give', () => {
    const elsewhere = ['RECORD_TOO_LONG', 'CSV_CELL_COUNT', 'CSV_QUOTE', 'VALIDATION_TIMEOUT', 'MAP_FAILED'];
    const provoked = CASES.map(([code]) => code.split(' ')[0] as string);
    expect([...new Set([...provoked, ...elsewhere])].sort()).toEqual(Object.keys(REASONS).sort());
  });

  it('with all its reasons, ordered by where they stand', () => {
    const dataset = datasetOf(
      [
        { name: 'b', type: 'integer', required: true },
        { name: 'a', type: 'object', fields: [{ name: 'x', type: 'date' }] },
      ],
      { key: ['b'] },
    );
    expect(outcome(verdictOf(dataset, '{"c":1,"a":{"y":2,"x":"2001-02-30"},"a":{"y":2,"x":"x"}}'))).toEqual([
      'JSON_DUPLICATE_KEY /a',
      'TYPE_MISMATCH /a/x',
      'FIELD_UNKNOWN /a/y',
      'FIELD_REQUIRED /b',
      'FIELD_UNKNOWN /c',
    ]);
  });

  it('with a message that quotes the value, shortened, and says what to do', () => {
    const [reject] = verdictOf(datasetOf([{ name: 'delay', type: 'integer' }]), '{"delai":1}').rejects;
    expect(reject?.reasons[0]?.message).toBe('No field is named "delai". Did you mean "delay"?');
    const [long] = verdictOf(integer, `{"v":"${'x'.repeat(200)}"}`).rejects;
    expect(long?.reasons[0]?.message).toBe(`Expected integer, received the text "${'x'.repeat(60)}...".`);
  });

  it('with no more reasons than are worth reading', () => {
    const members = Array.from({ length: 5_000 }, (_, i) => `"m${i}":1`).join(',');
    const [reject] = verdictOf(integer, `{${members}}`).rejects;
    expect(reject?.reasons).toHaveLength(100);
  });
});
