import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dataset, Field } from '../field.ts';
import type { Framing } from '../framing.ts';
import { createRenderer } from '../renderer.ts';
import { byValue } from './test-documents.ts';
import { acceptedLines, datasetOf, verdictOf } from './test-validate.ts';

const RUNS = 400;
const csv = (
  columns: readonly string[],
  more: Partial<Extract<Framing, { format: 'csv' }>> = {},
): Framing => ({
  format: 'csv',
  columns,
  delimiter: ',',
  quote: '"',
  nulls: [],
  ...more,
});
const FIELDS: Field[] = [
  { name: 'n', type: 'integer' },
  { name: 's', type: 'string' },
  { name: 'd', type: 'decimal', precision: 6, scale: 2 },
];
const dataset = datasetOf(FIELDS);
const framing = csv(['n', 's', 'd']);

describe('delimited text', () => {
  it('keeps what stands in quotes: quotes, delimiters and line ends', () => {
    const verdict = verdictOf(dataset, '1,"a ""b"", c",1.5\r\n2,"x\r\ny\nz",\r\n"3","",".5"\r\n', {
      framing,
    });
    expect(acceptedLines(verdict).map((line) => createRenderer(dataset).document(line))).toEqual([
      '{"n":1,"s":"a \\"b\\", c","d":1.50}',
      '{"n":2,"s":"x\\r\\ny\\nz","d":null}',
      '{"n":3,"s":"","d":0.50}',
    ]);
  });

  it('tells the physical line at which a bad record begins', () => {
    const text = '1,"a\nb\nc",1\n\nx,"d\n",1\n\r\n4,e,1\ny,f,1';
    const verdict = verdictOf(dataset, text, { framing });
    expect(verdict.rejects.map(({ line, index, document }) => [line, index, document])).toEqual([
      [14, 1, '{"n":"x","s":"d\\n","d":1}'],
      [18, 3, '{"n":"y","s":"f","d":1}'],
    ]);
    expect(verdict.indices).toEqual([0, 2]);
  });

  it('takes a quote inside a cell for a character', () => {
    const verdict = verdictOf(dataset, '1,5" pipe,1\n2,"6"" pipe",1\n', { framing });
    expect(acceptedLines(verdict)).toEqual([
      '{"n":1,"s":"5\\" pipe","d":1}',
      '{"n":2,"s":"6\\" pipe","d":1}',
    ]);
  });

  it('rejects broken quotes and wrong cell counts, and goes on behind them', () => {
    const verdict = verdictOf(dataset, '1,"a"b,1\n2,c\n3,d,1,1\n4,e,1\n5,"f,1\n6,g,1\n', { framing });
    expect(verdict.rejects.map(({ line, document, reasons }) => [line, reasons[0]?.code, document])).toEqual([
      [10, 'CSV_QUOTE', '1,"a"b,1'],
      [11, 'CSV_CELL_COUNT', '2,c'],
      [12, 'CSV_CELL_COUNT', '3,d,1,1'],
      [14, 'CSV_QUOTE', '5,"f,1\n6,g,1\n'],
    ]);
    expect(acceptedLines(verdict)).toEqual(['{"n":4,"s":"e","d":1}']);
  });

  it('knows null tokens only without quotes, and none by itself', () => {
    const nulls = { framing: csv(['n', 's', 'd'], { nulls: ['NA', ''] }) };
    expect(acceptedLines(verdictOf(dataset, '1,NA,NA\n2,"NA",2\n3,,""\n', nulls))).toEqual([
      '{"n":1}',
      '{"n":2,"s":"NA","d":2}',
      '{"n":3}',
    ]);
    expect(acceptedLines(verdictOf(dataset, '1,NA,\n2,,\n', { framing }))).toEqual([
      '{"n":1,"s":"NA"}',
      '{"n":2,"s":""}',
    ]);
  });

  it('lets no cell pass for JSON of its own', () => {
    const semicolons = { framing: csv(['n', 's', 'd'], { delimiter: ';', nulls: ['-'] }) };
    const verdict = verdictOf(dataset, '1,"s":"x";-;-\n1 , 2;a;1\n"1,""d"":2";a;-\n', semicolons);
    expect(verdict.count).toBe(0);
    expect(verdict.rejects.map((r) => r.reasons.map((reason) => reason.pointer))).toEqual([
      ['/n'],
      ['/n'],
      ['/n'],
    ]);
  });

  it('gives cells the types of their fields in the writings that people use', () => {
    const typed = datasetOf([
      { name: 'b', type: 'boolean' },
      { name: 'i', type: 'integer' },
      { name: 'm', type: 'decimal', precision: 10, scale: 2 },
      { name: 't', type: 'timestamp' },
    ]);
    const text = 'TRUE,+5,.5, 2001-01-31 22:27:00+02:00 \n0, 007 ,1e2,\nYes,1.0,-0.00,2001-01-31T22:27:00Z\n';
    const verdict = verdictOf(typed, text, { framing: csv(['b', 'i', 'm', 't']) });
    expect(acceptedLines(verdict).map((line) => createRenderer(typed).document(line))).toEqual([
      '{"b":true,"i":5,"m":0.50,"t":"2001-01-31T20:27:00Z"}',
      '{"b":false,"i":7,"m":100.00,"t":null}',
      '{"b":true,"i":1,"m":0.00,"t":"2001-01-31T22:27:00Z"}',
    ]);
  });

  it('refuses a column that stands twice, rather than dropping one', () => {
    const verdict = verdictOf(dataset, '1,2\n', { framing: csv(['n', 'n']) });
    expect(verdict.rejects).toMatchObject([{ reasons: [{ code: 'JSON_DUPLICATE_KEY', pointer: '/n' }] }]);
  });
});

const CELLS = [
  ...[
    '',
    ' ',
    '0',
    '-0',
    '1',
    '1.50',
    '+5',
    '007',
    '1e2',
    '12345678901234567890',
    '0.00001',
    'NA',
    'true',
    'NO',
    '1',
  ],
  ...[
    '2001-01-31',
    '2001-02-29',
    ' 2001-01-31',
    '22:27:00',
    '2001-01-31T22:27:00Z',
    '2001-01-31 22:27:00',
    'AA==',
    'AB==',
  ],
  ...[
    'a',
    'ä😀',
    'back\\slash',
    'tab\there',
    'nul\0',
    '\u0001',
    '5" pipe',
    '{"a":1}',
    '[1',
    '\u00a0',
    'x\ry',
    '1,"n":2',
  ],
];
const TYPES: readonly Omit<Field, 'name'>[] = [
  ...(['string', 'integer', 'number', 'boolean', 'date', 'time', 'timestamp', 'json', 'bytes'] as const).map(
    (type) => ({ type }),
  ),
  { type: 'decimal', precision: 6, scale: 2 },
  { type: 'timestamp', zone: 'local' },
  { type: 'string', length: { max: 3 } },
  { type: 'string', enum: ['a', 'NA'], required: true },
];

/** Cells that fields of the type take. */
const GOOD: Readonly<Record<string, readonly string[]>> = {
  string: ['', 'a', 'NA', 'ä😀', 'back\\slash', '5" pipe', 'x,y', 'x\ny'],
  integer: ['0', '1', '-5', '007', '123456789012345'],
  number: ['0', '0.1', '-0', '1e2'],
  decimal: ['1.50', '0.00', '.5', '9999.99'],
  boolean: ['true', 'NO', '1'],
  date: ['2001-01-31', '2000-02-29'],
  time: ['22:27:00', '22:27:00.5'],
  timestamp: ['2001-01-31T22:27:00Z', '2001-01-31 22:27:00'],
  json: ['{"a":1}', '1'],
  bytes: ['AA==', 'AAAA'],
};

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const writing = fc.constantFrom(
  (text: string) => text,
  (text: string) => (/[",\n\r]/.test(text) ? quoted(text) : text),
  (text: string) => (/[",\n\r]/.test(text) ? quoted(text) : text),
  quoted,
);

const COLUMNS = ['n', 's', 'a"b', 'w'];

const contractWithText = fc
  .tuple(fc.constantFrom(...TYPES), fc.constantFrom(...TYPES), fc.constantFrom(...TYPES))
  .chain((types) => {
    const contract = fc.record({
      name: fc.constant('d'),
      key: fc.constantFrom<Dataset['key']>('none', ['n']),
      extra: fc.constantFrom<Dataset['extra']>('refuse', 'keep', 'ignore'),
      fields: fc.constant(types.map((type, i): Field => ({ name: COLUMNS[i] as string, ...type }))),
    });
    const anyCell = fc.constantFrom(...CELLS);
    const cells = [...types.map(({ type }) => type), 'string'].map((type) =>
      fc
        .tuple(
          fc.oneof(
            { weight: 9, arbitrary: fc.constantFrom(...(GOOD[type] ?? [])) },
            { weight: 1, arbitrary: anyCell },
          ),
          writing,
        )
        .map(([text, write]) => write(text)),
    );
    const width = fc.integer({ min: 3, max: 4 });
    const text = fc
      .tuple(
        fc.array(fc.tuple(...cells), { maxLength: 8 }),
        width,
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
      )
      .map(
        ([rows, cut, end, ended]) =>
          rows.map((row) => row.slice(0, cut).join(',')).join(end) + (ended ? end : ''),
      );
    return fc.tuple(contract, text, width, fc.constantFrom([], ['NA'], ['', 'NA']));
  });

describe('the quick way of delimited text', () => {
  it('accepts nothing that the exact way does not, and no other value', () => {
    let taken = 0;
    fc.assert(
      fc.property(contractWithText, ([of, content, width, nulls]) => {
        const how = { framing: csv(COLUMNS.slice(0, width), { nulls }) };
        const quick = verdictOf(of, content, how);
        const exact = verdictOf(of, content, { ...how, way: 'exact' });
        expect(quick.indices).toEqual(exact.indices);
        expect(quick.rejects).toEqual(exact.rejects);
        const shown = createRenderer(of.extra === 'ignore' ? { ...of, extra: 'refuse' } : of);
        const values = (lines: string[]) => lines.map((line) => byValue(shown.document(line)));
        expect(values(acceptedLines(quick))).toEqual(values(acceptedLines(exact)));
        taken += acceptedLines(quick).length;
      }),
      { numRuns: RUNS },
    );
    expect(taken).toBeGreaterThan(RUNS / 10);
  });

  it('reads back what was written, cell by cell', () => {
    const fields: Field[] = ['x', 'y'].map((name) => ({ name, type: 'string' }));
    const text = fc.string({ unit: 'grapheme' }).map((s) => s.replaceAll('\0', ''));
    const row = fc.tuple(text, text).filter(([x, y]) => x + y !== '');
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), fc.constantFrom('\n', '\r\n'), (rows, end) => {
        const content = rows.map((cells) => cells.map(quoted).join(',') + end).join('');
        const lines = acceptedLines(verdictOf(datasetOf(fields), content, { framing: csv(['x', 'y']) }));
        expect(lines.map((line) => Object.values(JSON.parse(line)))).toEqual(rows);
      }),
      { numRuns: RUNS / 2 },
    );
  });
});
