import * as XLSX from '@e965/xlsx';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { dateCell, numberCell, textCell, timestampCell, type XlsxCell } from './xlsx-cell.ts';
import { XLSX_CELL_LENGTH_MAX, XLSX_COLUMNS_MAX, XlsxWriter } from './xlsx-writer.ts';

function written(
  names: readonly string[],
  rows: readonly (readonly XlsxCell[])[],
  sheetRowsMax?: number,
): Uint8Array {
  const chunks: Uint8Array[] = [];
  const writer = new XlsxWriter({
    columns: names.map((name) => ({ name, width: 12 })),
    write: (chunk) => chunks.push(chunk),
    ...(sheetRowsMax === undefined ? {} : { sheetRowsMax }),
  });
  for (const row of rows) writer.row(row);
  writer.end();
  return Buffer.concat(chunks);
}

/** What another program reads in each sheet, as rows of values. */
function read(file: Uint8Array): Record<string, unknown[][]> {
  const book = XLSX.read(file, { cellDates: true, UTC: true });
  const sheets = Object.entries(book.Sheets).map(([name, sheet]) => [
    name,
    XLSX.utils.sheet_to_json(sheet, { header: 1, defval: null, UTC: true, blankrows: true }),
  ]);
  return Object.fromEntries(sheets) as Record<string, unknown[][]>;
}

const part = (file: Uint8Array, path: string) => Buffer.from(unzipSync(file)[path] ?? []).toString('utf8');

test('another program reads the values as they were written', () => {
  const file = written(
    ['text', 'number', 'truth', 'day'],
    [
      [
        textCell('a <b> & "c"'),
        numberCell('12.50'),
        { kind: 'boolean', value: true },
        dateCell('2001-01-31'),
      ],
      [textCell(' line\nbreak\ttab '), numberCell('-7'), { kind: 'boolean', value: false }, null],
      [null, null, null, null],
      [textCell(''), numberCell('1.5e-7'), null, dateCell('9999-12-31')],
    ],
  );
  expect(read(file)).toEqual({
    data: [
      ['text', 'number', 'truth', 'day'],
      ['a <b> & "c"', 12.5, true, new Date('2001-01-31T00:00:00Z')],
      [' line\nbreak\ttab ', -7, false, null],
      [null, null, null, null],
      ['', 1.5e-7, null, new Date('9999-12-31T00:00:00Z')],
    ],
  });
});

test('the header stays in sight and is bold', () => {
  const file = written(['a'], []);
  expect(part(file, 'xl/worksheets/sheet1.xml')).toContain(
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>',
  );
  expect(part(file, 'xl/worksheets/sheet1.xml')).toContain('<c r="A1" s="1" t="inlineStr">');
  expect(part(file, 'xl/styles.xml')).toContain('<font><b/>');
});

test('numbers that Excel would round are text', () => {
  const cells = [
    '9007199254740993',
    '0.1234567890123456',
    '1e400',
    '-0',
    '-0.0',
    '123456789012345',
    '1234567890123450000',
    '0.10',
  ];
  expect(cells.map((literal) => numberCell(literal)?.kind)).toEqual([
    'text',
    'text',
    'text',
    'text',
    'text',
    'number',
    'number',
    'number',
  ]);
  const digits = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
  fc.assert(
    fc.property(digits, fc.integer({ min: -30, max: 30 }), (whole, exponent) => {
      const literal = `${whole}e${exponent}`;
      const cell = numberCell(literal);
      if (cell?.kind !== 'number') return;
      const [mantissa = '', power = '0'] = Number(cell.literal).toExponential(14).split('e');
      const shown = BigInt(mantissa.replace('.', ''));
      const scale = Number(power) - 14 - exponent;
      expect(scale >= 0 ? shown * 10n ** BigInt(scale) : shown).toBe(
        scale >= 0 ? whole : whole * 10n ** BigInt(-scale),
      );
    }),
  );
});

test('days before March 1900 and what is finer than a millisecond are text', () => {
  expect(dateCell('1900-02-28')).toEqual(textCell('1900-02-28'));
  expect(dateCell('1900-03-01')).toEqual({ kind: 'date', serial: '61' });
  expect(timestampCell('2001-01-31T22:27:00.123456Z')).toEqual(textCell('2001-01-31T22:27:00.123456Z'));
  expect(timestampCell('2001-01-31T12:00:00')).toEqual({ kind: 'local-seconds', serial: '36922.5' });
  expect(timestampCell('2001-01-31T12:00:00.5Z')).toMatchObject({ kind: 'utc-millis' });
});

test('timestamps are shown to the millisecond, UTC ones with their Z', () => {
  const file = written(
    ['t'],
    [[timestampCell('2001-01-31T22:27:00.123')], [timestampCell('2018-02-07T00:26:36.78Z')]],
  );
  const sheet = XLSX.read(file, { cellNF: true }).Sheets.data;
  expect([sheet?.A2.w, sheet?.A3.w]).toEqual(['2001-01-31 22:27:00.123', '2018-02-07 00:26:36.780Z']);
});

test('text that starts like a formula stays text, and stays so when it is edited', () => {
  const file = written(['a'], [[textCell('=1+1', true)]]);
  expect(read(file).data?.[1]).toEqual(['=1+1']);
  expect(part(file, 'xl/worksheets/sheet1.xml')).toContain(
    '<c r="A2" s="2" t="inlineStr"><is><t xml:space="preserve">=1+1</t></is></c>',
  );
  expect(part(file, 'xl/styles.xml').match(/<xf [^>]*>/g)?.[3]).toContain('quotePrefix="1"');
});

test('any text comes back as it was, control characters and look-alikes of their escapes included', () => {
  const fragment = fc.constantFrom(
    '_x000B_',
    '_',
    'x',
    '_x005F_',
    '\u0000',
    '\u000b',
    '\r',
    '\r\n',
    '\ufffe',
    '\ud800',
    '😀',
    '<',
    '&amp;',
  );
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.array(fragment, { maxLength: 8 }).map((parts) => parts.join('')),
  );
  const decoded = (xml: string) =>
    xml
      .replaceAll(
        /&(amp|lt|gt|quot);/g,
        (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? '',
      )
      .replaceAll(/_x([0-9A-F]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (texts) => {
      const xml = part(
        written(
          ['a'],
          texts.map((t) => [textCell(t)]),
        ),
        'xl/worksheets/sheet1.xml',
      );
      const cells = [...xml.matchAll(/<t xml:space="preserve">([^<]*)<\/t>/g)]
        .slice(1)
        .map((match) => decoded(match[1] ?? ''));
      expect(cells).toEqual(texts);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML must not hold them
      expect(xml).not.toMatch(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/);
    }),
  );
});

test('rows beyond a sheet go on in the next one, under the same header', () => {
  const rows = Array.from({ length: 5 }, (_, i) => [numberCell(String(i))]);
  expect(read(written(['n'], rows, 3))).toEqual({
    data: [['n'], [0], [1]],
    'data 2': [['n'], [2], [3]],
    'data 3': [['n'], [4]],
  });
});

test('equal tables make equal files', () => {
  const rows = [[textCell('a'), numberCell('1')]];
  expect(written(['a', 'b'], rows)).toEqual(written(['a', 'b'], rows));
});

test('a text too long for a cell is refused with its row and column, never cut', () => {
  const fits = textCell('x'.repeat(XLSX_CELL_LENGTH_MAX));
  expect(read(written(['a'], [[fits]])).data?.[1]).toEqual(['x'.repeat(XLSX_CELL_LENGTH_MAX)]);
  const long = [[fits], [textCell('x'.repeat(XLSX_CELL_LENGTH_MAX + 1))]];
  expect(() => written(['note'], long)).toThrow(
    expect.objectContaining({
      code: 'XLSX_CELL_TOO_LONG',
      message: expect.stringContaining('"note" in row 2'),
    }),
  );
});

test('columns are named beyond Z, and too many are refused', () => {
  const names = Array.from({ length: 703 }, (_, i) => `c${i}`);
  const xml = part(written(names, []), 'xl/worksheets/sheet1.xml');
  for (const reference of ['Z1', 'AA1', 'AZ1', 'BA1', 'ZZ1', 'AAA1'])
    expect(xml).toContain(`<c r="${reference}"`);
  const wide = Array.from({ length: XLSX_COLUMNS_MAX + 1 }, () => 'c');
  expect(() => written(wide, [])).toThrow(expect.objectContaining({ code: 'XLSX_TOO_WIDE' }));
});
