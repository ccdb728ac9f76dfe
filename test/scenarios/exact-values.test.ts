/** Values that are easily lost: they come out of every port as they went in, whichever way they came. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { arrowRows } from '../support/arrow-rows.ts';
import { readCsvCells } from '../support/csv.ts';
import { itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import {
  CSV_NULL,
  csvLineOf,
  documentOf,
  ODD_FIELDS,
  ODD_NAMES,
  ODD_ROWS,
  ODD_SHOWN,
  selectOf,
} from '../support/odd-values.ts';
import { fileBytes, ParquetReader, valuesOfCells } from '../support/read-files.ts';
import { canonicalRows, parseExact, rowsByNdjson, rowsByRest, rowsByStream } from '../support/read-ports.ts';
import { runWharf } from '../support/run-wharf.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { WharfProcess } from '../support/wharf-process.ts';
import { workbookRows } from '../support/workbook-rows.ts';

const SOURCES = ['push', 'ndjson', 'json', 'csv', 'parquet', 'ndjson.gz', 'json.gz', 'csv.gz'] as const;
type Source = (typeof SOURCES)[number];

const NUMBERS = {
  id: 'number',
  whole: 'number',
  double: 'number',
  money: 'number',
  huge: 'number',
  tiny: 'number',
} as const;
const DOCUMENTS = { doc: 'json', place: 'json', list: 'json', sums: 'json' } as const;

const everyName = Object.fromEntries(ODD_NAMES.map((name) => [name, 'null']));
const expected = canonicalRows(
  ODD_ROWS.map((row) => parseExact(documentOf({ ...everyName, ...row, ...ODD_SHOWN[row.id ?? ''] }))),
);

/** `csv.gz` -> `from-csv-gz`. */
const nameOf = (source: Source) => `from-${source.replace('.', '-')}`;

function specOf(source: Source): string {
  const more = source.startsWith('csv') ? `, nulls: ${CSV_NULL}` : '';
  const input = source === 'push' ? 'from: push' : `from: file, path: data/rows.${source}${more}`;
  return itemsSpec(`inputs:\n  source: { ${input} }\n${ODD_FIELDS}`).replace(
    'test.items',
    `test.${nameOf(source)}`,
  );
}

async function writeSources(folder: string): Promise<void> {
  const documents = ODD_ROWS.map(documentOf);
  const texts = {
    ndjson: `${documents.join('\n')}\n`,
    json: `[${documents.join(',\n')}]`,
    csv: `${ODD_NAMES.join(',')}\n${ODD_ROWS.map(csvLineOf).join('\n')}\n`,
  };
  await mkdir(folder, { recursive: true });
  for (const [suffix, text] of Object.entries(texts)) {
    await writeFile(path.join(folder, `rows.${suffix}`), text);
    await writeFile(path.join(folder, `rows.${suffix}.gz`), gzipSync(text));
  }
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(
    `COPY (${ODD_ROWS.map(selectOf).join(' UNION ALL ')}) TO '${path.join(folder, 'rows.parquet')}' (FORMAT parquet)`,
  );
  connection.closeSync();
}

describe('odd values', () => {
  let wharf: WharfProcess;
  let parquet: ParquetReader;

  beforeAll(async () => {
    const mesh = await meshFolder(
      Object.fromEntries(SOURCES.map((source) => [`${nameOf(source)}.product.yaml`, specOf(source)])),
    );
    await writeSources(path.join(mesh, 'data'));
    parquet = await ParquetReader.open(await temporaryFolder('parquet'));
    wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
    const answer = await fetch(`${wharf.url}/p/test.from-push/v1/inputs/source`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: `[${ODD_ROWS.map(documentOf).join(',')}]`,
    });
    expect(await answer.json()).toMatchObject({ accepted: ODD_ROWS.length });
    await wharf.untilReady();
  });

  afterAll(async () => wharf?.stop());

  it.each(SOURCES)('from %s come out of rest, the stream and NDJSON as they went in', async (source) => {
    const product = `test.${nameOf(source)}/v1`;
    const { position, rows } = await rowsByRest(wharf.url, product);
    expect({ position, rows: canonicalRows(rows) }).toEqual({ position: ODD_ROWS.length, rows: expected });
    expect(canonicalRows(await rowsByStream(wharf.url, product, position))).toEqual(expected);
    expect(canonicalRows(await rowsByNdjson(wharf.url, product, nameOf(source), position))).toEqual(expected);
  });

  const pushedFile = (suffix: string) =>
    fileBytes(wharf.url, 'test.from-push/v1', `from-push.${suffix}`, ODD_ROWS.length);

  it('come out of JSON files', async () => {
    const rows = parseExact(Buffer.from(await pushedFile('json')).toString('utf8')) as unknown[];
    expect(canonicalRows(rows)).toEqual(expected);
  });

  it('come out of CSV files, where no text and empty text differ', async () => {
    const text = Buffer.from(await pushedFile('csv')).toString('utf8');
    const rows = valuesOfCells(readCsvCells(text), { ...NUMBERS, ...DOCUMENTS, flag: 'boolean' });
    expect(canonicalRows(rows)).toEqual(expected);
  });

  it('come out of Parquet files, as DuckDB reads them', async () => {
    expect(canonicalRows(await parquet.rows(await pushedFile('parquet'), ['doc']))).toEqual(expected);
  });

  it('come out of Arrow files', async () => {
    const rows = arrowRows(await pushedFile('arrow')).map((row) => ({
      ...row,
      doc: typeof row.doc === 'string' ? parseExact(row.doc) : null,
    }));
    expect(canonicalRows(rows)).toEqual(expected);
  });

  it('come out of workbooks, as text where a cell would not hold them', async () => {
    const times = { day: 'day', instant: 'instant', wall: 'wall' } as const;
    const rows = workbookRows(await pushedFile('xlsx'), { ...NUMBERS, ...DOCUMENTS, ...times });
    expect(canonicalRows(rows)).toEqual(expected);
  });

  it('are found by filters as they are', async () => {
    const ids = async (query: string) => {
      const { rows } = await wharf.get<{ rows: { id: number }[] }>(
        `/p/test.from-push/v1/rows?select=id&order=id&${query}`,
      );
      return rows.map((row) => row.id).join(' ');
    };
    expect(await ids('whole=eq.9007199254740993')).toBe('1');
    expect(await ids('whole=eq.9007199254740992')).toBe('');
    expect(await ids('double=eq.0.30000000000000004')).toBe('1');
    expect(await ids('double=eq.0.3')).toBe('');
    expect(await ids('huge=gt.99999999999999999999999999999999999998')).toBe('1');
    expect(await ids('text=eq.')).toBe('2');
    expect(await ids('text=is.null')).toBe('6');
    expect(await ids('instant=lt.1970-01-01T00:00:00Z')).toBe('2');
  });
});

describe('fields with odd names', () => {
  let wharf: WharfProcess | undefined;

  afterEach(async () => wharf?.stop());

  const push = async (documents: readonly string[]) => {
    const response = await fetch(`${wharf?.url}/p/test.items/v1/inputs/source`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: `[${documents.join(',')}]`,
    });
    expect(await response.json()).toMatchObject({ accepted: documents.length });
  };
  const codesOf = async (fields: string) => {
    const spec = itemsSpec(`inputs:\n  source: { from: push }\nkey: none\nfields:\n${fields}`);
    const mesh = await meshFolder({ 'items.product.yaml': spec });
    const { status, answer } = runWharf<{ diagnostics: { code: string }[] }>('check', mesh);
    return { status, codes: answer.diagnostics.map(({ code }) => code) };
  };

  it('are served like any other when SQL or we have a use for the name', async () => {
    const names = [
      'position',
      'select',
      'extra',
      'r',
      'l',
      'b',
      'n',
      'document',
      'x0',
      'rowid',
      'order',
      'at',
    ];
    const fields = names.map((name) => `  ${name}: integer\n`).join('');
    const spec = itemsSpec(`inputs:\n  source: { from: push }\nkey: [position]\nfields:\n${fields}`);
    const mesh = await meshFolder({ 'items.product.yaml': spec });
    wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
    const documents = [5, 5, 3].map((id, i) =>
      documentOf(Object.fromEntries(names.map((name, n) => [name, n === 0 ? `${id}` : `${i * 100 + n}`]))),
    );
    await push(documents);
    const { rows } = await rowsByRest(wharf.url, 'test.items/v1');
    const right = canonicalRows(documents.slice(1).map(parseExact));
    expect(canonicalRows(rows)).toEqual(right);
    expect(canonicalRows(await rowsByNdjson(wharf.url, 'test.items/v1', 'items', 3))).toEqual(right);
    expect(canonicalRows(await rowsByStream(wharf.url, 'test.items/v1', 3))).toEqual(right);
  });

  it('reach a transform when a source names them as columns of ours', async () => {
    const spec = itemsSpec(`inputs:
  source: { from: push, fields: { _position: integer, _op: string, _time: string, extra: string } }
transform:
  sql: select _position as id, _op || _time || extra as name from source
key: [id]
fields: { id: integer, name: string }
`);
    const mesh = await meshFolder({ 'items.product.yaml': spec });
    wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
    await push(['{"_position":77,"_op":"a","_time":"b","extra":"c"}']);
    await wharf.untilReady();
    const { rows } = await rowsByRest(wharf.url, 'test.items/v1');
    expect(canonicalRows(rows)).toEqual(['{"id":"#77","name":"abc"}']);
  });

  it('are refused when they begin like columns of ours, or differ by case alone', async () => {
    expect(await codesOf('  _position: integer\n')).toEqual({ status: 1, codes: ['SPEC_NAME'] });
    const { status, codes } = await codesOf('  name: string\n  Name: string\n');
    expect({ status, told: codes.includes('SPEC_NAME_COLLISION') }).toEqual({ status: 1, told: true });
  });
});
