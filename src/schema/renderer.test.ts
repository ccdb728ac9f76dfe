import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countLines } from '../base/line-file.ts';
import { writeEnvelopes } from './envelope.ts';
import { columnsOf, type Dataset } from './field.ts';
import { keyJsonSql, rowJournalSql, rowJsonSql } from './json-form.ts';
import { Literals } from './literals.ts';
import { loadRowsSql } from './load-sql.ts';
import { createRenderer } from './renderer.ts';
import { createSliceValidator } from './slice-validator.ts';
import { anyFields, byValue, validDocument, type Written } from './validate/test-documents.ts';

const RUNS = 120;

const datasetWithDocuments = anyFields(false).chain((fields) => {
  const dataset: Dataset = { name: 'd', key: 'row', fields, extra: 'refuse' };
  return fc.tuple(fc.constant(dataset), fc.array(validDocument(fields), { minLength: 1, maxLength: 6 }));
});

function journaled(dataset: Dataset, documents: readonly Written[]): Buffer {
  const bytes = Buffer.from(documents.map((d) => `${d.written}\n`).join(''));
  const verdict = createSliceValidator(dataset)({ bytes, framing: { format: 'ndjson' }, line: 1 });
  expect(verdict.rejects).toEqual([]);
  return Buffer.from(verdict.accepted);
}

describe('what ports give of a document', () => {
  let folder: string;
  let connection: DuckDBConnection;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'wharf-renderer-'));
    connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(`set TimeZone = 'UTC'`);
  });

  afterAll(() => rm(folder, { recursive: true }));

  it('has the values that were sent, digit for digit, whatever way they were written', () => {
    fc.assert(
      fc.property(datasetWithDocuments, ([dataset, documents]) => {
        const renderer = createRenderer(dataset);
        const lines = journaled(dataset, documents).toString().trimEnd().split('\n');
        const rendered = lines.map((line) => byValue(renderer.document(line)));
        expect(rendered).toEqual(documents.map((d) => byValue(d.canonical)));
      }),
      { numRuns: RUNS * 3 },
    );
  });

  it('is the same text from the journal as from the engine', async () => {
    const file = path.join(folder, 'envelopes.ndjson');
    await fc.assert(
      fc.asyncProperty(datasetWithDocuments, async ([dataset, documents]) => {
        const body = journaled(dataset, documents);
        const block = { first: 1, last: documents.length, timeUs: 1_700_000_000_000_000, deletes: [] };
        await writeFile(file, writeEnvelopes({ ...block, body }));
        const columns = `${rowJsonSql(columnsOf(dataset))}, ${keyJsonSql(dataset)}`;
        const rows = await connection.runAndReadAll(
          `select ${columns} from (${loadRowsSql(dataset, file)}) order by _position`,
        );
        const renderer = createRenderer(dataset);
        const lines = body.toString().trimEnd().split('\n');
        const fromJournal = lines.map((line) => [renderer.document(line), renderer.key(line)]);
        expect(rows.getRowsJS().map((row) => row.map((text) => String(text)))).toEqual(fromJournal);
      }),
      { numRuns: RUNS },
    );
  });

  it('stays the same when the engine writes the journal form anew', async () => {
    const file = path.join(folder, 'again.ndjson');
    const rowsOf = async (dataset: Dataset, body: Uint8Array, texts: string) => {
      const count = countLines(body);
      await writeFile(
        file,
        writeEnvelopes({ first: 1, last: count, timeUs: 1_700_000_000_000_000, deletes: [], body }),
      );
      const rows = await connection.runAndReadAll(
        `select ${texts} from (${loadRowsSql(dataset, file)}) order by _position`,
      );
      return rows.getRowsJS().map((row) => String(row[0]));
    };
    await fc.assert(
      fc.asyncProperty(datasetWithDocuments, async ([dataset, documents]) => {
        const written = await rowsOf(dataset, journaled(dataset, documents), rowJournalSql(dataset.fields));
        const body = Buffer.from(written.map((text) => `${text}\n`).join(''));
        const rows = await rowsOf(dataset, body, rowJsonSql(dataset.fields));
        expect(rows.map(byValue)).toEqual(documents.map((d) => byValue(d.canonical)));
      }),
      { numRuns: RUNS },
    );
  });

  it('is the same whether a document is read or given on as it stands', () => {
    let asTheyStood = 0;
    fc.assert(
      fc.property(datasetWithDocuments, ([sent, documents]) => {
        const keys = sent.fields.filter(({ type }) => !['object', 'array', 'json'].includes(type));
        const dataset: Dataset = { ...sent, key: keys.map((field) => field.name) };
        const renderer = createRenderer(dataset);
        const literals = Literals.of(columnsOf(dataset));
        for (const line of journaled(sent, documents).toString().trimEnd().split('\n')) {
          if (literals?.find(line)) asTheyStood += 1;
          // White space before it is what no document in a journal has, so that it is read.
          const read = ` ${line}`;
          expect(renderer.row(line)).toEqual(renderer.row(read));
          expect(renderer.record(line)).toEqual(renderer.record(read));
          expect(renderer.document(line)).toBe(renderer.document(read));
          expect(renderer.key(line)).toBe(renderer.key(read));
        }
      }),
      { numRuns: RUNS * 3 },
    );
    expect(asTheyStood).toBeGreaterThan(RUNS / 4);
  });

  it.each([
    ['{"n":12.0,"i":-5,"t":"é"}', ['12', '-5', 'é'], '{"n":12.0,"i":-5,"t":"é"}'],
    ['{"t":"","i":0,"n":0.5}', ['0.5', '0', ''], '{"n":0.5,"i":0,"t":""}'],
    [
      '{"n":-0.0,"i":999999999999999999}',
      ['-0.0', '999999999999999999', null],
      '{"n":-0.0,"i":999999999999999999,"t":null}',
    ],
    [
      '{"i":9223372036854775807,"n":1e3,"t":"a\\"b"}',
      ['1000', '9223372036854775807', 'a"b'],
      '{"n":1000.0,"i":9223372036854775807,"t":"a\\"b"}',
    ],
    ['{"t":"n\\u00e9","n":0.1}', ['0.1', null, 'né'], '{"n":0.1,"i":null,"t":"né"}'],
  ])('is canonical for %s', (line, key, document) => {
    const fields = [
      { name: 'n', type: 'number' },
      { name: 'i', type: 'integer' },
      { name: 't', type: 'string' },
    ] as const;
    const dataset: Dataset = { name: 'd', key: ['n', 'i', 't'], fields, extra: 'refuse' };
    expect(createRenderer(dataset).row(line)).toEqual({ key, document });
  });

  it('shows a source document as it stands, and no key where every record is kept', () => {
    const source: Dataset = { name: 'd', key: 'none', fields: [], extra: 'ignore' };
    const text = '{ "a": 1.50, "b":[ 1e2 ] }';
    expect(createRenderer(source).document(text)).toBe(text);
    expect(createRenderer({ ...source, extra: 'keep' }).key('{"extra":"{}"}')).toBe('null');
  });

  it('shows kept extra members as JSON, not as text', () => {
    const dataset: Dataset = {
      name: 'd',
      key: ['id'],
      fields: [{ name: 'id', type: 'integer' }],
      extra: 'keep',
    };
    const renderer = createRenderer(dataset);
    const journal = '{"id":9007199254740993,"extra":"{\\"x\\":-0,\\"y\\":1.50}"}';
    expect(renderer.document(journal)).toBe('{"id":9007199254740993,"extra":{"x":-0,"y":1.50}}');
    expect(renderer.key(journal)).toBe('{"id":9007199254740993}');
  });
});
