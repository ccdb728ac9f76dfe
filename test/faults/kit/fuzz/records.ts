/** Of any bytes, each record is accepted or rejected with a reason; what is accepted is JSON, and would be accepted as it is. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { Dataset } from '../../../../src/schema/field.ts';
import type { Framing } from '../../../../src/schema/framing.ts';
import type { Slice, SliceVerdict } from '../../../../src/schema/slice.ts';
import { createSliceValidator } from '../../../../src/schema/slice-validator.ts';
import { damaged, fuzzTarget } from './target.ts';

const DATASET: Dataset = {
  name: 'fuzzed',
  key: ['id'],
  extra: 'keep',
  fields: [
    { name: 'id', type: 'integer', required: true },
    { name: 'name', type: 'string', length: { min: 0, max: 5 } },
    { name: 'price', type: 'decimal', precision: 6, scale: 2 },
    { name: 'weight', type: 'number', min: '0' },
    { name: 'day', type: 'date' },
    { name: 'at', type: 'timestamp' },
    { name: 'open', type: 'boolean' },
    { name: 'raw', type: 'json' },
    { name: 'tags', type: 'array', items: { name: 'items', type: 'string' } },
  ],
};
const NAMES = [...DATASET.fields.map(({ name }) => name), 'more', '__proto__', 'constructor', ''];
const VALUES = [
  '1',
  '-0',
  '1.5',
  '1e400',
  '9223372036854775808',
  '"a"',
  '"\\ud800"',
  '"2001-02-30"',
  '"2001-01-31"',
  '"2001-01-31T22:27:00Z"',
  'null',
  'true',
  '[]',
  '["a",null]',
  '{"a":{}}',
  '""',
];
const member = fc
  .tuple(fc.constantFrom(...NAMES), fc.constantFrom(...VALUES))
  .map(([name, value]) => `${JSON.stringify(name)}:${value}`);
const line = fc.array(member, { maxLength: 6 }).map((members) => `{${members.join(',')}}`);
const ndjson = fc.array(line, { maxLength: 6 }).map((lines) => new Uint8Array(Buffer.from(lines.join('\n'))));
const cells = fc
  .array(fc.constantFrom(...VALUES, '', 'x', '"x""y"'), { maxLength: 10 })
  .map((row) => row.join(','));
const csv = fc.array(cells, { maxLength: 6 }).map((rows) => new Uint8Array(Buffer.from(rows.join('\n'))));
const SNIPPETS = [
  '',
  '"',
  '\\',
  '\n',
  '\r',
  '\u0000',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  ' ',
  '\\u0000',
  '\xff',
  '\ufeff',
  '['.repeat(80),
];
/** Of these, what is accepted stands as it would be sent: JSON values and what no field names are kept as texts. */
const PLAIN: Dataset = {
  ...DATASET,
  extra: 'refuse',
  fields: DATASET.fields.filter(({ type }) => type !== 'json'),
};
const validateAll = createSliceValidator(DATASET);
const validatePlain = createSliceValidator(PLAIN);
const CSV: Framing = {
  format: 'csv',
  columns: PLAIN.fields.map(({ name }) => name),
  delimiter: ',',
  quote: '"',
  nulls: [],
};

function judge(validate: (slice: Slice) => SliceVerdict, bytes: Uint8Array, framing: Framing): Uint8Array {
  const { accepted, count, indices, rejects } = validate({ bytes, framing, line: 1 });
  const lines = Buffer.from(accepted).toString().split('\n');
  assert.equal(lines.pop(), '', 'each accepted document ends its line');
  assert.equal(lines.length, count, 'as many are there as were accepted');
  for (const document of lines) assert.equal(typeof JSON.parse(document), 'object');
  for (const { reasons } of rejects) assert.ok(reasons.length > 0, 'a reject has a reason');
  const seen = [...(indices ?? lines.keys()), ...rejects.map(({ index }) => index)].sort((a, b) => a - b);
  assert.deepEqual(seen, [...seen.keys()], 'each record is accepted or rejected, once');
  return accepted;
}

function judgeTwice(bytes: Uint8Array, framing: Framing): void {
  judge(validateAll, bytes, framing);
  const accepted = judge(validatePlain, bytes, framing);
  const again = judge(validatePlain, accepted, { format: 'ndjson' });
  assert.equal(
    Buffer.from(again).toString(),
    Buffer.from(accepted).toString(),
    'what was accepted is as it is',
  );
}

export const ndjsonRecords = fuzzTarget('records as NDJSON', 100_000, damaged(ndjson, SNIPPETS), (bytes) =>
  judgeTwice(bytes, { format: 'ndjson' }),
);

export const csvRecords = fuzzTarget('records as CSV', 100_000, damaged(csv, SNIPPETS), (bytes) =>
  judgeTwice(bytes, CSV),
);
