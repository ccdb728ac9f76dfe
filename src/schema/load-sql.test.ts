import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeEnvelopes } from './envelope.ts';
import type { Dataset, Field } from './field.ts';
import { rowJournalSql, rowJsonSql, valueJsonSql } from './json-form.ts';
import { loadRowsSql, SOURCE_POSITION, sourceRowsSql } from './load-sql.ts';

const FIELDS: Field[] = [
  { name: 'id', type: 'integer' },
  { name: 'ratio', type: 'number' },
  { name: 'price', type: 'decimal', precision: 38, scale: 4 },
  { name: 'name', type: 'string' },
  { name: 'ok', type: 'boolean' },
  { name: 'day', type: 'date' },
  { name: 'at_time', type: 'time' },
  { name: 'instant', type: 'timestamp' },
  { name: 'wall', type: 'timestamp', zone: 'local' },
  { name: 'blob', type: 'bytes' },
  { name: 'payload', type: 'json' },
  {
    name: 'place',
    type: 'object',
    fields: [
      { name: 'seen', type: 'timestamp' },
      { name: 'raw', type: 'json' },
      { name: 'tags', type: 'array', items: { name: 'items', type: 'string' } },
    ],
  },
  { name: 'times', type: 'array', items: { name: 'items', type: 'timestamp', zone: 'local' } },
  {
    name: 'blobs',
    type: 'array',
    items: { name: 'items', type: 'array', items: { name: 'items', type: 'bytes' } },
  },
];
const dataset = (fields: Field[], extra: Dataset['extra'] = 'refuse'): Dataset => ({
  name: 'd',
  key: 'none',
  fields,
  extra,
});

/** In journal form, and the same in JSON form. */
const FULL = {
  journal:
    '{"id":9007199254740993,"ratio":0.30000000000000004,"price":"1234567890123456789012345678901234.5678","name":"é\\"\\n","ok":true,"day":"0001-01-01","at_time":"22:27:00.000001","instant":"2001-01-31T22:27:00.5Z","wall":"9999-12-31T23:59:59.999999","blob":"AAH/","payload":"{\\"a\\":1.10,\\"b\\":12345678901234567890.123}","place":{"seen":"2001-01-31T22:27:00Z","raw":"[1.0]","tags":["x",null]},"times":["2001-01-31T22:27:00",null],"blobs":[["AA==",null],null,[]]}',
  json: '{"id":9007199254740993,"ratio":0.30000000000000004,"price":1234567890123456789012345678901234.5678,"name":"é\\"\\n","ok":true,"day":"0001-01-01","at_time":"22:27:00.000001","instant":"2001-01-31T22:27:00.5Z","wall":"9999-12-31T23:59:59.999999","blob":"AAH/","payload":{"a":1.10,"b":12345678901234567890.123},"place":{"seen":"2001-01-31T22:27:00Z","raw":[1.0],"tags":["x",null]},"times":["2001-01-31T22:27:00",null],"blobs":[["AA==",null],null,[]]}',
};
const EMPTY = {
  journal: '{"id":1}',
  json: `{"id":1,${FIELDS.slice(1)
    .map((f) => `"${f.name}":null`)
    .join(',')}}`,
};

describe('journaled documents in the engine', () => {
  let folder: string;
  let connection: DuckDBConnection;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'wharf-load-'));
    connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(`set TimeZone = 'UTC'`);
  });

  afterAll(() => rm(folder, { recursive: true }));

  async function stage(documents: readonly string[], deletes: readonly number[] = []): Promise<string> {
    const file = path.join(folder, 'envelopes.ndjson');
    const body = Buffer.from(documents.map((d) => `${d}\n`).join(''));
    await writeFile(
      file,
      writeEnvelopes({
        first: 41,
        last: 40 + documents.length,
        timeUs: 1_700_000_000_000_001,
        body,
        deletes,
      }),
    );
    return file;
  }

  async function texts(sql: string): Promise<unknown[][]> {
    return (await connection.runAndReadAll(sql)).getRowsJS();
  }

  it('come out in JSON form exactly as they went in', async () => {
    const file = await stage([FULL.journal, EMPTY.journal]);
    const rows = await texts(`select ${rowJsonSql(FIELDS)} from (${loadRowsSql(dataset(FIELDS), file)})`);
    expect(rows).toEqual([[FULL.json], [EMPTY.json]]);
  });

  it('come out in journal form exactly as they went in', async () => {
    const rows = await texts(
      `select ${rowJournalSql(FIELDS)} from (${loadRowsSql(dataset(FIELDS), await stage([FULL.journal]))})`,
    );
    expect(rows).toEqual([[FULL.journal]]);
  });

  it('keep position, time and op', async () => {
    const file = await stage([EMPTY.journal, EMPTY.journal], [1]);
    const rows = await texts(
      `select _position, epoch_us(_time), _op from (${loadRowsSql(dataset(FIELDS), file)})`,
    );
    expect(rows).toEqual([
      [41n, 1_700_000_000_000_001n, 0],
      [42n, 1_700_000_000_000_001n, 1],
    ]);
  });

  it('keep a source document byte for byte, and still read it by type', async () => {
    const document = '{ "Cost: $" : 1.50, "more":[ 1e2 , 12345678901234567890.1 ],"ä\\u0041":"x" }';
    const fields: Field[] = [{ name: 'Cost: $', type: 'decimal', precision: 9, scale: 2 }];
    const file = await stage([document]);
    expect(
      await texts(`select _position, document from (${loadRowsSql(dataset(fields, 'ignore'), file)})`),
    ).toEqual([[41n, document]]);
    const typed = `select ${SOURCE_POSITION}, cast("Cost: $" as varchar), typeof("Cost: $") from (${sourceRowsSql(fields, file)})`;
    expect(await texts(typed)).toEqual([[41n, '1.50', 'DECIMAL(9,2)']]);
  });

  it('take only the positions that were asked for', async () => {
    const body = Buffer.from('{"id":1}\n{"id":2}\n{"id":3}\n');
    const lines = writeEnvelopes({ first: 1, last: 3, timeUs: 5, body, deletes: [1] }, 2, 2).toString();
    expect(lines).toBe('{"p":                   2,"t":               5,"o":1,"d":{"id":2}}\n');
  });

  it('raise an error for what does not convert, instead of making it null', async () => {
    for (const bad of ['{"day":"2001-02-30"}', '{"price":"x"}', '{"blob":"*"}', '{"ok":"maybe"}']) {
      await expect(texts(loadRowsSql(dataset(FIELDS), await stage([bad])))).rejects.toThrow();
    }
  });

  it('tell a null of the table from a null of the document', async () => {
    const json: Field = { name: 'payload', type: 'json' };
    const file = await stage(['{"payload":"null"}', '{}']);
    expect(
      await texts(`select ${valueJsonSql(json, 'payload')} from (${loadRowsSql(dataset([json]), file)})`),
    ).toEqual([['null'], [null]]);
  });
});
