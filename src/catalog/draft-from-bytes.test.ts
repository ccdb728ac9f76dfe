import { createReadStream } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { codeOf } from '../base/errors.ts';
import { draftFromBytes, draftFromColumns } from './draft-from-bytes.ts';
import { productName } from './draft-product.ts';

async function* chunksOf(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : part;
}

function draft(name: string, content: string | Uint8Array) {
  return draftFromBytes({ name, path: `data/${name}`, domain: 'demo', chunks: chunksOf(content) });
}

function vega(name: string) {
  const file = new URL(`../data/${name}`, import.meta.resolve('vega-datasets'));
  return draftFromBytes({ name, path: `data/${name}`, domain: 'demo', chunks: createReadStream(file) });
}

async function failure(name: string, content: string | Uint8Array): Promise<string | undefined> {
  try {
    await draft(name, content);
    return undefined;
  } catch (thrown) {
    return codeOf(thrown);
  }
}

describe('a drafted spec', () => {
  it('says everything that was found, ready to be edited', async () => {
    const { yaml, fileName } = await draft('Big Orders.csv', 'order_id,zip,note\n7,00501,"a, b"\n8,10001,\n');
    expect(fileName).toBe('big-orders.product.yaml');
    expect(yaml).toBe(`# yaml-language-server: $schema=node_modules/wharf/schemas/product.schema.json
# Drafted from data/Big Orders.csv: 2 records looked at, all of which fit.
product: demo.big-orders
version: 1.0.0
status: active
owner: demo
alignment: source
tier: bronze
purpose: "What Big Orders.csv holds, as captured."  # what should people use it for?

inputs:
  source: { from: file, path: data/Big Orders.csv }

key: [order_id]  # seen to be different in every record
fields:
  order_id: { type: integer, required: true, doc: For example 7 or 8 }
  zip: { type: string, required: true, doc: For example 00501 or 10001 }
  note: { type: string, doc: "For example a, b" }

access:
  - { allow: [anyone] }
`);
  });

  it('renames columns that cannot be fields, by a transform', async () => {
    const { yaml } = await draft('costs.csv', 'Airport Name,Cost: Total $\na,1\nb,2\n');
    const spec = parse(yaml);
    expect(spec.inputs.source).toEqual({
      from: 'file',
      path: 'data/costs.csv',
      fields: { 'Airport Name': 'string', 'Cost: Total $': 'integer' },
    });
    expect(spec.transform.sql).toBe(
      'select\n  "Airport Name" as airport_name,\n  "Cost: Total $" as cost_total\nfrom source\n',
    );
    expect(spec.key).toEqual(['airport_name']);
    expect(Object.keys(spec.fields)).toEqual(['airport_name', 'cost_total']);
  });

  it.each([
    ['a.csv', 'a;b\n1;2\n3;4\n', { delimiter: ';' }],
    ['a.tsv', 'a\tb\n1\t2\n3\t4\n', {}],
    ['a.csv', "a,b\n1,'x, y'\n2,'z'\n", { quote: "'" }],
    ['a.csv', '1,x\n2,y\n', { columns: ['column_1', 'column_2'] }],
    ['a.csv', ',b\n0,1.5\n1,2.5\n', { header: true, columns: ['column_1', 'b'] }],
    ['a.txt', 'a,b\n1,2\n', { format: 'csv' }],
    ['a.json', '{"a":1}\n{"a":2}\n', { format: 'ndjson' }],
    ['a.jsonl', '{"a":1}\n', {}],
    ['a.json', '[{"a":1}]', {}],
    ['a.json', '{"meta":{"n":[1]},"body":{"rows":[{"a":1},{"a":2}]}}', { records: '$.body.rows' }],
    ['a.data', '\ufeff [{"a":1}]', { format: 'json' }],
    ['a.geojson', '{"type":"FeatureCollection","features":[{"id":1}]}', { records: '$.features' }],
    ['a.json', '{"a":1,"b":"x"}', {}],
  ])('tells the input how to read %s: %s', async (name, content, options) => {
    const spec = parse((await draft(name, content)).yaml);
    expect(spec.inputs.source).toEqual({ from: 'file', path: `data/${name}`, ...options });
  });

  it('reads packed files, cut anywhere', async () => {
    const packed = gzipSync('id,name\n1,é\n2,ü\n');
    const bytes = [...packed].map((byte) => Uint8Array.of(byte));
    const chunks = chunksOf(...bytes);
    const { rows, fields } = await draftFromBytes({
      name: 'a.csv.gz',
      path: 'a.csv.gz',
      domain: 'd',
      chunks,
    });
    expect([rows, fields.map((field) => field.type)]).toEqual([2, ['integer', 'string']]);
  });

  it('quotes whatever would not be text in YAML', async () => {
    const values = ['true', 'null', '~', '1e3', '2001-01-31', '- a', 'a: b', '# c', "it's", '[x', '"q"'];
    const rows = Array.from({ length: 110 }, (_, i) => JSON.stringify({ kind: values[i % values.length] }));
    const { yaml } = await draft('a.ndjson', rows.join('\n'));
    expect(parse(yaml).fields.kind.enum).toEqual([...values].sort());
  });

  it('counts what no field could take in', async () => {
    const { yaml, rows, unreadable } = await draft('a.ndjson', '{"a":1}\n{"a":\n[1]\n{"a":2}\n');
    expect([rows, unreadable]).toEqual([2, 2]);
    expect(yaml).toContain('# 2 more are broken and will be set aside, with the reason.');
  });

  it('never writes a password that stood in the data', async () => {
    const { yaml } = await draft('a.csv', 'id,url\n1,https://ana:secret@x.test\n2,https://x.test\n');
    expect(yaml).not.toContain('secret');
  });

  it.each([
    ['a.csv', '', 'DRAFT_NO_RECORDS'],
    ['a.json', '[1,2]', 'DRAFT_NO_RECORDS'],
    ['a.json', '[{"a":1}', 'DRAFT_JSON_INVALID'],
    ['a.json', '[{"a":01}]', 'DRAFT_NO_RECORDS'],
    ['a.json', '[{"a":1,"a":2},{"a":"\\u0000"}]', 'DRAFT_NO_RECORDS'],
    ['a.ndjson', 'x\ny\n', 'DRAFT_NO_RECORDS'],
    ['a.csv', Buffer.from('a,b\nGr\xf6\xdfe,1\n', 'latin1'), 'DRAFT_NOT_TEXT'],
    ['a.csv', Buffer.from('a,b\n1,2\n', 'utf16le'), 'DRAFT_NOT_TEXT'],
    ['a.csv.gz', 'a,b\n1,2\n', 'DRAFT_GZIP_DAMAGED'],
    ['a.csv.gz', gzipSync('a,b\n1,2\n').subarray(0, 20), 'DRAFT_GZIP_DAMAGED'],
    ['a.ndjson', '{"a":1,"A":2}', 'DRAFT_NAME_UNUSABLE'],
  ])('is refused for %s holding %j', async (name, content, code) => {
    expect(await failure(name, content)).toBe(code);
  });
});

describe('productName', () => {
  it.each([
    ['data/Flights 2k.json.gz', 'flights-2k'],
    ['2024.csv', 'data-2024'],
    ['日本.csv', 'data'],
    ['a.b.c.ndjson', 'a-b-c'],
    ['.csv', 'csv'],
  ])('%s', (file, name) => {
    expect(productName(file)).toBe(name);
  });
});

describe('draftFromColumns', () => {
  it('takes the types of the columns, and the rest from the records', async () => {
    const { yaml, key } = await draftFromColumns({
      name: 'x.parquet',
      path: 'x.parquet',
      domain: 'demo',
      columns: [
        { name: 'id', type: 'integer' },
        { name: 'price', type: 'decimal', precision: 12, scale: 2 },
      ],
      records: chunksOf('{"id":1,"price":1.50}\n{"id":2,"price":null}\n'),
    });
    expect(key).toEqual(['id']);
    expect(parse(yaml).fields).toEqual({
      id: { type: 'integer', required: true, doc: 'For example 1 or 2' },
      price: { type: 'decimal(12,2)', doc: 'For example 1.50' },
    });
  });
});

describe('real files', () => {
  it.each([
    ['airports.csv', 3_376, ['iata']],
    ['flights-2k.json', 2_000, 'row'],
    ['flights-airport.csv', 5_366, ['origin', 'destination']],
    ['earthquakes.json', 1_707, ['id']],
    ['birdstrikes.csv', 10_000, 'row'],
    ['movies.json', 3_201, 'row'],
    ['stocks.csv', 560, ['symbol', 'date']],
    ['cars.json', 406, 'row'],
    ['zipcodes.csv', 42_049, ['zip_code']],
    ['unemployment.tsv', 3_218, ['id']],
  ])('%s gives %i records with the key %s', async (name, rows, key) => {
    const found = await vega(name);
    expect([found.rows, found.unreadable, found.key]).toEqual([rows, 0, key]);
    expect(parse(found.yaml).product).toBe(found.product);
  });

  it('keeps the leading zeros of zip codes, and NA as text', async () => {
    expect(parse((await vega('zipcodes.csv')).yaml).fields.zip_code.type).toBe('string');
    expect(parse((await vega('airports.csv')).yaml).fields.state).toMatchObject({
      type: 'string',
      required: true,
    });
  });
});
