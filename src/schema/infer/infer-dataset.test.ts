import { describe, expect, it } from 'vitest';
import type { Field } from '../field.ts';
import { readJson } from '../json-reader.ts';
import { isJsonObject } from '../json-value.ts';
import { CellsProfile, type InferredDataset, inferDataset } from './infer-dataset.ts';

function fromJson(...lines: string[]): InferredDataset {
  return inferDataset(lines.map((line) => readJson(line)).filter(isJsonObject));
}

function fromCells(columns: string[], rows: string[][]): InferredDataset {
  const profile = new CellsProfile(columns);
  for (const row of rows) profile.add(row);
  return profile.result();
}

/** The field inferred from values, written as JSON. */
function jsonField(...values: string[]): Field {
  return fromJson(...values.map((value) => `{"v":${value}}`)).fields[0]?.field as Field;
}

function cellField(...cells: string[]): Field {
  return fromCells(
    ['v'],
    cells.map((cell) => [cell]),
  ).fields[0]?.field as Field;
}

describe('the type of JSON values', () => {
  it.each([
    [['1', '-5'], { type: 'integer' }],
    [['9007199254740993', '9223372036854775807'], { type: 'integer' }],
    [['9223372036854775808', '1'], { type: 'decimal', precision: 38, scale: 0 }],
    [['1'.repeat(39)], { type: 'json' }],
    [['1', '2.5', '1e3'], { type: 'number' }],
    [['1.0', '2.0'], { type: 'number' }],
    [['0', '-0'], { type: 'number' }],
    [['0.30000000000000004'], { type: 'number' }],
    [['0.1234567890123456789', '1'], { type: 'decimal', precision: 38, scale: 19 }],
    [['9007199254740993', '0.5'], { type: 'decimal', precision: 38, scale: 1 }],
    [['1e400'], { type: 'json' }],
    [['true', 'false'], { type: 'boolean' }],
    [['"2001-01-31"', '"2000-02-29"'], { type: 'date' }],
    [['"2001-01-31"', '"2001-02-29"'], { type: 'string' }],
    [['"2001-01-31T22:27:00Z"', '"2001-01-31T22:27:00.5+02:00"'], { type: 'timestamp', zone: 'utc' }],
    [['"2001-01-31T22:27:00"'], { type: 'timestamp', zone: 'local' }],
    [['"2001-01-31T22:27:00"', '"2001-01-31T22:27:00Z"'], { type: 'string' }],
    [['"2001/01/31 22:27"'], { type: 'string' }],
    [['"22:27:00"'], { type: 'time' }],
    [['"007"'], { type: 'string' }],
    [['1', '"1"'], { type: 'json' }],
    [['[]', '[1,2]'], { type: 'array', items: { name: 'items', type: 'integer' } }],
    [['[1,"a"]'], { type: 'array', items: { name: 'items', type: 'json' } }],
    [['[]'], { type: 'array', items: { name: 'items', type: 'json' } }],
    [['{}'], { type: 'json' }],
    [['{"a":1}', '[1]'], { type: 'json' }],
  ])('%s', (values, expected) => {
    expect(jsonField(...values)).toEqual({ name: 'v', required: true, ...expected });
  });

  it('follows objects inside objects', () => {
    expect(jsonField('{"a":{"b":"x"}}', '{"a":{"b":null},"c":1}')).toEqual({
      name: 'v',
      type: 'object',
      required: true,
      fields: [
        { name: 'a', type: 'object', required: true, fields: [{ name: 'b', type: 'string' }] },
        { name: 'c', type: 'integer' },
      ],
    });
  });

  it('holds a map with ever new names, and what is nested without end, as JSON', () => {
    const map = Array.from({ length: 300 }, (_, i) => `{"name-${i}":1}`);
    expect(jsonField(...map).type).toBe('json');
    const deep = jsonField(`${'{"a":'.repeat(20)}1${'}'.repeat(20)}`);
    expect(JSON.stringify(deep)).toContain('"json"');
  });

  it('requires only what was in every record', () => {
    const { fields } = fromJson('{"a":1,"b":null}', '{"a":2,"c":3}');
    expect(fields.map(({ field }) => [field.name, field.type, field.required ?? false])).toEqual([
      ['a', 'integer', true],
      ['b', 'json', false],
      ['c', 'integer', false],
    ]);
  });
});

describe('the type of cells', () => {
  it.each([
    [['1', '-5', ' 7 '], { type: 'integer', required: true }],
    [['00501', '10001'], { type: 'string', required: true }],
    [['+4912345'], { type: 'string', required: true }],
    [['9223372036854775807'], { type: 'integer', required: true }],
    [['9223372036854775808'], { type: 'decimal', precision: 38, scale: 0, required: true }],
    [['1'.repeat(39)], { type: 'string', required: true }],
    [['1.50', '2'], { type: 'number', required: true }],
    [['1e999'], { type: 'string', required: true }],
    [['1', 'NA'], { type: 'string', required: true }],
    [['1', ''], { type: 'integer' }],
    [['a', ''], { type: 'string' }],
    [['', ''], { type: 'string' }],
    [['true', 'False'], { type: 'boolean', required: true }],
    [['yes', 'no'], { type: 'string', required: true }],
    [['2001-01-31', ''], { type: 'date' }],
    [['2001-01-31T22:27:00+01:00'], { type: 'timestamp', zone: 'utc', required: true }],
  ])('%s', (cells, expected) => {
    expect(cellField(...cells)).toEqual({ name: 'v', ...expected });
  });
});

describe('choices', () => {
  const repeated = (values: string[], times: number) =>
    Array.from({ length: times }, (_, i) => values[i % values.length] ?? '');

  it('are listed when a hundred rows hold at most twelve', () => {
    expect(cellField(...repeated(['b', 'a'], 100)).enum).toEqual(['a', 'b']);
    expect(cellField(...repeated(['b', 'a'], 99)).enum).toBeUndefined();
    const thirteen = Array.from({ length: 13 }, (_, i) => `v${i}`);
    expect(cellField(...repeated(thirteen, 500)).enum).toBeUndefined();
  });

  it('are never listed for anything but text', () => {
    expect(cellField(...repeated(['1', '2'], 200)).enum).toBeUndefined();
    expect(jsonField(...repeated(['["a"]', '["b"]'], 200)).items?.enum).toBeUndefined();
  });
});

describe('the key', () => {
  const key = (columns: string[], ...rows: string[][]) => fromCells(columns, rows).key;

  it('is the first unique field, and rather one named like an id', () => {
    expect(key(['name', 'order_id'], ['a', '7'], ['b', '8'])).toEqual(['order_id']);
    expect(key(['name', 'size'], ['a', '7'], ['b', '8'])).toEqual(['name']);
    expect(key(['paid', 'name'], ['1', 'a'], ['1', 'b'])).toEqual(['name']);
  });

  it('is no measure, no empty cell, no double', () => {
    expect(key(['kind', 'delay'], ['a', '7'], ['a', '8'])).toBe('row');
    expect(key(['id', 'kind'], ['1', 'a'], ['', 'a'])).toBe('row');
    expect(key(['id'], ['1.5'], ['2.5'])).toBe('row');
  });

  it('is a pair of categories or days where no single field is unique', () => {
    const rows = ['DFW', 'ORD', 'SFO'].flatMap((from) => ['JFK', 'LAX', 'SEA'].map((to) => [from, to, '5']));
    expect(key(['from', 'to', 'n'], ...rows)).toEqual(['from', 'to']);
    expect(key(['from', 'to', 'n'], ...rows, rows[0] ?? [])).toBe('row');
  });

  it('is not believed before it has been seen in every record', () => {
    const json = fromJson('{"id":1}', '{"id":2,"code":"a"}', '{"code":"b"}');
    expect(json.key).toBe('row');
    expect(fromJson('{"a":1}').key).toBe('row');
    expect(fromJson('{"id":1}').key).toEqual(['id']);
  });
});
