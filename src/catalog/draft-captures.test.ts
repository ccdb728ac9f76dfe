/** The promise of a draft: the file that it was made of is captured without a reject, and nothing in it changes. */
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { writeEnvelopes } from '../schema/envelope.ts';
import type { Dataset } from '../schema/field.ts';
import type { Framing } from '../schema/framing.ts';
import { rowJournalSql } from '../schema/json-form.ts';
import { sourceRowsSql } from '../schema/load-sql.ts';
import type { SliceVerdict } from '../schema/slice.ts';
import { createSliceValidator } from '../schema/slice-validator.ts';
import { draftFromBytes } from './draft-from-bytes.ts';
import type { ProductDraft } from './draft-product.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'wharf-draft-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function* chunksOf(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function draft(name: string, text: string, size = 1_000): Promise<ProductDraft> {
  return draftFromBytes({ name, path: name, domain: 'demo', chunks: chunksOf(text, size) });
}

/** The records as the source has them, under the contract that they meet first. */
function captured(found: ProductDraft, text: string, framing: Framing): SliceVerdict {
  const dataset: Dataset = found.inputFields
    ? { name: 'source', key: 'none', fields: found.inputFields, extra: 'ignore' }
    : { name: 'd', key: found.key, fields: found.fields, extra: 'refuse' };
  return createSliceValidator(dataset)({ bytes: Buffer.from(text), framing, line: 1 });
}

function framingOf(found: ProductDraft, header: readonly string[]): Framing {
  const { delimiter = ',', quote = '"', columns = header } = parse(found.yaml).inputs.source;
  return { format: 'csv', delimiter, quote, columns, nulls: [] };
}

const ndjson: Framing = { format: 'ndjson' };
let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run("set TimeZone = 'UTC'");
});
afterAll(() => connection.closeSync());

/** What the transform makes of captured documents, in journal form. */
async function mapped(found: ProductDraft, verdict: SliceVerdict): Promise<string> {
  const file = path.join(folder, 'envelopes.ndjson');
  const block = {
    first: 1,
    last: verdict.count,
    timeUs: 1_700_000_000_000_000,
    body: verdict.accepted,
    deletes: [],
  };
  writeFileSync(file, writeEnvelopes(block));
  const source = sourceRowsSql(found.inputFields ?? [], file);
  const sql = `with source as (${source}) select ${rowJournalSql(found.fields)} from (${found.sql})`;
  const reader = await connection.runAndReadAll(sql);
  return reader
    .getRows()
    .map(([row]) => `${row}\n`)
    .join('');
}

/** The verdict on what the transform gives, under the product's own contract. */
async function transformed(found: ProductDraft, verdict: SliceVerdict): Promise<SliceVerdict> {
  const product: Dataset = { name: 'd', key: found.key, fields: found.fields, extra: 'refuse' };
  const bytes = Buffer.from(await mapped(found, verdict));
  return createSliceValidator(product)({ bytes, framing: ndjson, line: 1 });
}

const plainText = fc.string({
  unit: fc.constantFrom('a', 'B', ' ', ',', ';', '"', "'", '\n', 'é', '名', '0', '-', '#', ':'),
});
const day = fc.date({ min: new Date('1000-01-01'), max: new Date('9000-01-01'), noInvalidDate: true });

/** One column's kind: cells of the same sort, as files have them. */
const cellKinds: readonly fc.Arbitrary<string>[] = [
  fc.constantFrom('00501', '10001', '00000'),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc.bigInt({ min: 0n, max: 10n ** 40n }).map(String),
  fc.constantFrom('NA', '1', '2'),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.nat(9_999)).map(([a, b]) => `${a}.${b}`),
  day.map((date) => date.toISOString().slice(0, 10)),
  day.map((date) => date.toISOString()),
  day.map((date) => date.toISOString().slice(0, 19)),
  fc.constantFrom('true', 'false', 'TRUE'),
  fc.constantFrom('yes', 'no', '0'),
  fc.constantFrom(' 1', '2 ', '-0', '+1', '1e5', '1e999', '0x10', '1_000'),
  plainText,
];

const columnName = fc.oneof(
  fc.constantFrom('id', 'zip', 'Cost: Total $', 'Airport Name', 'größe', 'a"b', 'order', "it's"),
  fc.string({ unit: fc.constantFrom('a', 'b', 'C', '_', ' ', 'é'), minLength: 1, maxLength: 6 }),
);

const csvTable = fc
  .uniqueArray(columnName, { minLength: 2, maxLength: 6, selector: (name) => name.trim().toLowerCase() })
  .chain((columns) =>
    fc.tuple(
      fc.constant(columns),
      fc
        .tuple(...columns.map(() => fc.nat(cellKinds.length - 1)))
        .chain((kinds) =>
          fc.array(
            fc.tuple(...kinds.map((kind) => fc.option(cellKinds[kind] ?? plainText, { freq: 6, nil: '' }))),
            { minLength: 1, maxLength: 30 },
          ),
        ),
    ),
  );

function csvText(rows: readonly (readonly string[])[]): string {
  const written = (cell: string) =>
    /[",;'\n\r]/.test(cell) || cell === '' ? `"${cell.replaceAll('"', '""')}"` : cell;
  return rows.map((row) => `${row.map(written).join(',')}\n`).join('');
}

const jsonNumber = fc.oneof(
  fc.constantFrom(
    '9007199254740993',
    '-0',
    '1.0',
    '1e3',
    '18446744073709551615',
    '0.1234567890123456789',
    '1e400',
  ),
  fc.integer().map(String),
);
const jsonText: fc.Memo<string> = fc.memo((depth) => {
  const leaf = fc.oneof(
    jsonNumber,
    fc.constantFrom(
      'null',
      'true',
      'false',
      '[]',
      '{}',
      '"2001-01-31"',
      '"2001-01-31T22:27:00Z"',
      '"2001-01-31T22:27:00"',
    ),
    plainText.map((text) => JSON.stringify(text)),
  );
  if (depth <= 1) return leaf;
  const object = fc
    .uniqueArray(fc.constantFrom('a', 'b', 'magType', 'A', 'x y', ''), { maxLength: 3 })
    .chain((names) =>
      fc
        .tuple(...names.map(() => jsonText(depth - 1)))
        .map((members) => `{${names.map((name, i) => `${JSON.stringify(name)}:${members[i]}`).join(',')}}`),
    );
  return fc.oneof(
    { weight: 4, arbitrary: leaf },
    object,
    fc.array(jsonText(depth - 1), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
  );
});

const documents = fc
  .uniqueArray(fc.constantFrom('id', 'name', 'place', 'tags', 'Cost $', 'sizeMax'), {
    minLength: 1,
    maxLength: 4,
  })
  .chain((names) =>
    fc.array(
      fc
        .tuple(...names.map(() => fc.option(jsonText(3), { freq: 8, nil: undefined })))
        .map((members) => {
          const given = names.flatMap((name, i) =>
            members[i] === undefined ? [] : `${JSON.stringify(name)}:${members[i]}`,
          );
          return `{${given.join(', ')}}`;
        })
        .filter((text) => text !== '{}'),
      { minLength: 1, maxLength: 20 },
    ),
  );

describe('a file that a product was drafted from is captured without rejects', () => {
  it('as CSV', async () => {
    await fc.assert(
      fc.asyncProperty(csvTable, fc.integer({ min: 1, max: 50 }), async ([columns, rows], size) => {
        const found = await draft('t.csv', csvText([columns, ...rows]), size);
        const { columns: declared, header } = parse(found.yaml).inputs.source;
        const hasHeader = declared === undefined || header === true;
        const body = csvText(hasHeader ? rows : [columns, ...rows]);
        const verdict = captured(found, body, framingOf(found, columns));
        expect(verdict.rejects).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('as NDJSON', async () => {
    await fc.assert(
      fc.asyncProperty(documents, fc.integer({ min: 1, max: 50 }), async (lines, size) => {
        const text = `${lines.join('\n')}\n`;
        const found = await draft('t.ndjson', text, size);
        const verdict = captured(found, text, ndjson);
        expect(verdict.rejects).toEqual([]);
        expect(verdict.count).toBe(found.rows);
      }),
      { numRuns: 200 },
    );
  });

  it('as the array of a JSON document', async () => {
    await fc.assert(
      fc.asyncProperty(
        documents,
        fc.constantFrom(['', ''], ['{"meta":{"n":1},"data":', '}']),
        async (items, [before, after]) => {
          const found = await draft('t.json', `${before}[${items.join(',\n')}]${after}`);
          expect(captured(found, `${items.join('\n')}\n`, ndjson).rejects).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('after the transform has changed its names', async () => {
    await fc.assert(
      fc.asyncProperty(documents, async (lines) => {
        const text = `${lines.join('\n')}\n`;
        const found = await draft('t.ndjson', text);
        if (!found.sql) return;
        const out = await transformed(found, captured(found, text, ndjson));
        expect([out.rejects, out.count]).toEqual([[], found.rows]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('real files', () => {
  const pathOf = (name: string) =>
    fileURLToPath(new URL(`../data/${name}`, import.meta.resolve('vega-datasets')));

  function real(name: string): Promise<ProductDraft> {
    return draftFromBytes({ name, path: name, domain: 'demo', chunks: createReadStream(pathOf(name)) });
  }

  /** The documents of a JSON file one a line, each as it stands in there but for white space. */
  function lines(name: string, member?: string): string {
    const document = JSON.parse(readFileSync(pathOf(name), 'utf8'));
    const items: unknown[] = member ? document[member] : document;
    return items.map((item) => `${JSON.stringify(item)}\n`).join('');
  }

  it.each([
    'airports.csv',
    'flights-airport.csv',
    'birdstrikes.csv',
    'stocks.csv',
    'zipcodes.csv',
    'unemployment.tsv',
    'disasters.csv',
  ])('%s', async (name) => {
    const found = await real(name);
    const text = readFileSync(pathOf(name), 'utf8');
    const end = text.indexOf('\n');
    const dialect = name.endsWith('.tsv') ? '\t' : ',';
    const columns = text
      .slice(0, end)
      .replace('\r', '')
      .split(dialect)
      .map((cell) => cell.replace(/^"|"$/g, ''));
    const framing: Framing = { format: 'csv', delimiter: dialect, quote: '"', columns, nulls: [] };
    const verdict = captured(found, text.slice(end + 1), framing);
    expect([verdict.rejects, verdict.count]).toEqual([[], found.rows]);
  });

  it.each([
    ['flights-2k.json', undefined],
    ['earthquakes.json', 'features'],
    ['movies.json', undefined],
    ['cars.json', undefined],
    ['penguins.json', undefined],
    ['weekly-weather.json', undefined],
    ['football.json', undefined],
  ])('%s, through its transform too', async (name, member) => {
    const found = await real(name);
    const verdict = captured(found, lines(name, member), ndjson);
    expect([verdict.rejects, verdict.count]).toEqual([[], found.rows]);
    if (!found.sql) return;
    const out = await transformed(found, verdict);
    expect([out.rejects, out.count]).toEqual([[], found.rows]);
  });
});
