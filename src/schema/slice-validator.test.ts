import { describe, expect, it } from 'vitest';
import type { Dataset, Field } from './field.ts';
import { acceptedLines, datasetOf, fieldV, outcome, verdictOf } from './validate/test-validate.ts';

const integer = fieldV({ type: 'integer' });

describe('the records of a slice', () => {
  it('keep their lines and their order, whatever stands between them', () => {
    const verdict = verdictOf(integer, '\n{"v":1}\r\n\r\n  \n{"v":"x"}\n{"v":3}\n\n{"w":4}');
    expect(acceptedLines(verdict)).toEqual(['{"v":1}', '{"v":3}']);
    expect(verdict.indices).toEqual([0, 2]);
    expect(verdict.rejects.map(({ line, index, document }) => [line, index, document])).toEqual([
      [14, 1, '{"v":"x"}'],
      [17, 3, '{"w":4}'],
    ]);
  });

  it('need no indices when all of them are good', () => {
    const verdict = verdictOf(integer, '{"v":1}\n{"v":2}\n');
    expect([verdict.count, verdict.indices, verdict.rejects]).toEqual([2, undefined, []]);
  });

  it('may be none', () => {
    expect(verdictOf(integer, '')).toMatchObject({ count: 0, rejects: [] });
    expect(verdictOf(integer, '\n \r\n')).toMatchObject({
      count: 0,
      rejects: [],
      accepted: new Uint8Array(),
    });
  });

  it('are not spoilt by bytes of a neighbour that are not UTF-8', () => {
    const bytes = Buffer.concat([
      Buffer.from('{"v":"ä\uFFFD"}\n'),
      Buffer.from('{"v":"\xe4"}\n', 'latin1'),
      Buffer.from('{"v":"é"}\n'),
    ]);
    const verdict = verdictOf(fieldV({ type: 'string' }), bytes);
    expect(acceptedLines(verdict)).toEqual(['{"v":"ä\uFFFD"}', '{"v":"é"}']);
    expect(verdict.rejects).toMatchObject([
      { line: 11, index: 1, document: '{"v":"\uFFFD"}', reasons: [{ code: 'TEXT_NOT_UTF8' }] },
    ]);
  });

  it('come as a buffer of their own, so that another thread can have it', () => {
    const { accepted } = verdictOf(integer, '{"v":1}\n{"v":"x"}\n{"v":1.0}\n');
    expect(accepted.buffer.byteLength).toBe(accepted.byteLength);
  });

  it('are read from the part of the memory that the slice names', () => {
    const whole = Buffer.from('{"v":1}\n{"v":2}\n{"v":3}\n');
    expect(acceptedLines(verdictOf(integer, whole.subarray(8, 16)))).toEqual(['{"v":2}']);
  });
});

describe('members that no field names', () => {
  const place: Field = { name: 'place', type: 'object', fields: [{ name: 'x', type: 'integer' }] };
  const extra = (how: Dataset['extra'], record: string) =>
    outcome(verdictOf(datasetOf([{ name: 'a', type: 'integer' }, place], { extra: how }), record));

  it('are refused', () => {
    expect(extra('refuse', '{"a":1,"b":2}')).toEqual(['FIELD_UNKNOWN /b']);
    expect(extra('refuse', '{"place":{"x":1,"y":2}}')).toEqual(['FIELD_UNKNOWN /place/y']);
  });

  it('are kept as one JSON text, digit for digit', () => {
    expect(extra('keep', '{"b":1.50,"a":1,"c":{"d":[1e2,-0]}}')).toEqual([
      '{"a":1,"extra":"{\\"b\\":1.50,\\"c\\":{\\"d\\":[1e2,-0]}}"}',
    ]);
    expect(extra('keep', '{"a":1}')).toEqual(['{"a":1}']);
    expect(extra('keep', '{"place":{"y":2}}')).toEqual(['FIELD_UNKNOWN /place/y']);
    expect(extra('keep', '{"b":{"c":1,"c":1}}')).toEqual(['JSON_DUPLICATE_KEY /b/c']);
  });

  it('stay in a source document', () => {
    expect(extra('ignore', '{ "b": 1.50, "place": {"y":[2, {"z":1}]}}')).toEqual([
      '{ "b": 1.50, "place": {"y":[2, {"z":1}]}}',
    ]);
    expect(extra('ignore', '{"b":12345678901234567890.1}')).toEqual(['{"b":12345678901234567890.1}']);
    expect(extra('ignore', '{"b":{"c":1,"d":2,"c":1}}')).toEqual(['JSON_DUPLICATE_KEY /b/c']);
    expect(extra('ignore', '{"b":1,"c":2,"b":1}')).toEqual(['JSON_DUPLICATE_KEY /b']);
    expect(extra('ignore', '{"a":"x"}')).toEqual(['TYPE_MISMATCH /a']);
  });
});

describe('missing values', () => {
  it('are taken from the default, of any type', () => {
    const dataset = datasetOf([
      { name: 'n', type: 'integer', default: '9007199254740993', required: true },
      { name: 'd', type: 'decimal', precision: 30, scale: 2, default: '1234567890123456789.5' },
      { name: 's', type: 'string', default: 'a"b' },
      { name: 'b', type: 'boolean', default: 'false' },
      { name: 'j', type: 'json', default: '[1.0]' },
      { name: 'l', type: 'array', items: { name: 'items', type: 'integer' }, default: '[1]' },
    ]);
    const whole =
      '{"n":9007199254740993,"d":"1234567890123456789.50","s":"a\\"b","b":false,"j":"[1.0]","l":[1]}';
    expect(outcome(verdictOf(dataset, '{}'))).toEqual([whole]);
    expect(outcome(verdictOf(dataset, '{"n":null,"s":null}'))).toEqual([whole]);
  });

  it('of the key are refused, though no field is required', () => {
    const dataset = datasetOf(
      [
        { name: 'id', type: 'integer' },
        { name: 'day', type: 'date' },
        { name: 'n', type: 'integer' },
      ],
      { key: ['id', 'day'] },
    );
    expect(outcome(verdictOf(dataset, '{"id":1,"n":null}'))).toEqual(['FIELD_REQUIRED /day']);
    expect(outcome(verdictOf({ ...dataset, key: 'row' }, '{"id":1,"n":null}'))).toEqual([
      '{"id":1,"n":null}',
    ]);
  });

  it('inside arrays and objects are refused where they are required', () => {
    const required = { name: 'items', type: 'integer', required: true } as const;
    expect(outcome(verdictOf(fieldV({ type: 'array', items: required }), '{"v":[1,null]}'))).toEqual([
      'FIELD_REQUIRED /v/1',
    ]);
    const object = fieldV({ type: 'object', fields: [{ ...required, name: 'x' }] });
    expect(outcome(verdictOf(object, '{"v":{}}'))).toEqual(['FIELD_REQUIRED /v/x']);
  });
});

describe('a delete', () => {
  const dataset = datasetOf(
    [
      { name: 'id', type: 'integer' },
      { name: 'name', type: 'string', required: true },
    ],
    { key: ['id'] },
  );
  const deleted = (record: string, of: Dataset = dataset) => outcome(verdictOf(of, record, { op: 'delete' }));

  it('needs the key only, and keeps nothing else', () => {
    expect(deleted('{"id":1.0}')).toEqual(['{"id":1}']);
    expect(deleted('{"name":"x","id":2,"more":1}')).toEqual(['{"id":2}']);
    expect(deleted('{"name":"x"}')).toEqual(['FIELD_REQUIRED /id']);
    expect(deleted('{"id":"x"}')).toEqual(['TYPE_MISMATCH /id']);
    expect(deleted('{"id":1,"id":2}')).toEqual(['JSON_DUPLICATE_KEY /id']);
  });

  it('of a whole row needs the row, extra members included', () => {
    const row = { ...dataset, key: 'row' as const, extra: 'keep' as const };
    expect(deleted('{"id":1,"name":"x","more":1.0}', row)).toEqual([
      '{"id":1,"name":"x","extra":"{\\"more\\":1.0}"}',
    ]);
    expect(deleted('{"id":1,"name":"x"}', row)).toEqual(['{"id":1,"name":"x"}']);
    expect(deleted('{"id":1,"name":"x","more":1}', { ...row, extra: 'refuse' })).toEqual([
      '{"id":1,"name":"x"}',
    ]);
  });
});
