import { readdirSync } from 'node:fs';
import { type AOA2SheetOpts, utils, type WorkSheet, write } from '@e965/xlsx';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { collect, describePullInput, recordsOf, restarted } from '../../../test/conformance/inputs.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { TestFolder } from '../file/test-support/test-folder.ts';
import { excelInput } from './excel-input.ts';

function workbook(sheets: Readonly<Record<string, WorkSheet>>, epoch1904 = false): Uint8Array {
  const book = utils.book_new();
  for (const [name, sheet] of Object.entries(sheets)) utils.book_append_sheet(book, sheet, name);
  if (epoch1904) book.Workbook = { WBProps: { date1904: true } };
  return new Uint8Array(write(book, { type: 'buffer', bookType: 'xlsx', compression: true }));
}

const sheetOf = (rows: unknown[][], options: AOA2SheetOpts = {}) => utils.aoa_to_sheet(rows, options);

const numbers = Array.from({ length: 1_800 }, (_, i) => [i, `${i}${'x'.repeat(300)}`]);
describePullInput('excel', excelInput, async () => {
  const folder = new TestFolder();
  folder.write('a.xlsx', workbook({ S: sheetOf([['n', 't'], ...numbers]) }));
  return {
    context: { options: { path: '*.xlsx', mode: 'append', every: '10ms' }, baseFolder: folder.path },
    records: numbers.map(([n, t]) => `{"n":${n},"t":"${t}"}`),
    remove: async () => folder.remove(),
  };
});

describe('a sheet', () => {
  let folder: TestFolder;
  beforeEach(() => {
    folder = new TestFolder();
  });
  afterEach(() => folder.remove());

  async function read(options: Record<string, unknown> = {}, cursor?: unknown) {
    const context = {
      options: { path: '*.xlsx', every: '10ms', ...options },
      baseFolder: folder.path,
      temporaryFolder: await temporaryFolder('excel'),
    };
    const { batches } = await collect(excelInput, context, { cursor: restarted(cursor) });
    expect(readdirSync(context.temporaryFolder)).toEqual([]);
    return batches;
  }

  test('gives its table from a range, with merged cells, dates, times, truth and errors', async () => {
    const sheet = sheetOf(
      [
        ['Plan of the year'],
        [null, 'Team', 'Day', 'At', 'Open', 'Hours', null],
        [
          null,
          'A',
          { t: 'n', v: 46_146, z: 'yyyy-mm-dd' },
          { t: 'n', v: 46_146.4375, z: 'm/d/yy h:mm' },
          true,
          1.5,
          'x',
        ],
        [
          null,
          null,
          { t: 'n', v: 60, z: 'd.m.yyyy' },
          { t: 'n', v: 0.25, z: 'hh:mm' },
          false,
          { t: 'e', v: 23, w: '#REF!' },
        ],
        [],
        [null, 'B', null, null, null, 7, null],
      ],
      { cellDates: false },
    );
    sheet['!merges'] = [{ s: { r: 2, c: 1 }, e: { r: 3, c: 1 } }];
    folder.write('plan.xlsx', workbook({ Notes: sheetOf([['n']]), Plan: sheet }));
    const records = recordsOf(await read({ sheet: 'Plan', range: 'B2:G' })).map((text) => JSON.parse(text));
    expect(records).toEqual([
      { Team: 'A', Day: '2026-05-04', At: '2026-05-04T10:30:00', Open: true, Hours: 1.5 },
      { Team: 'A', Day: '1900-02-29', At: '06:00:00', Open: false, Hours: '#REF!' },
      { Team: 'B', Hours: 7 },
    ]);
  });

  test('of a workbook that counts days from 1904 has the same dates as its reader sees', async () => {
    const sheet = sheetOf([['d'], [{ t: 'n', v: 44_684, z: 'yyyy-mm-dd' }]]);
    folder.write('mac.xlsx', workbook({ S: sheet }, true));
    expect(recordsOf(await read())).toEqual(['{"d":"2026-05-04"}']);
  });

  test('that is saved again is one whole again, and is left alone meanwhile', async () => {
    folder.write('a.xlsx', workbook({ S: sheetOf([['n'], [1], [2]]) }));
    folder.write(`~$a.xlsx`, 'locked by Ana');
    const first = await read();
    expect(first.map((batch) => batch.whole)).toEqual([{ first: true, last: true, deletes: true }]);
    expect(await read({}, first.at(-1)?.cursor)).toEqual([]);
    folder.write('a.xlsx', workbook({ S: sheetOf([['n'], [2], [3], [4]]) }));
    expect(recordsOf(await read({}, first.at(-1)?.cursor))).toEqual(['{"n":2}', '{"n":3}', '{"n":4}']);
  });

  test.each([
    ['a sheet that is not there', { sheet: 'Other' }, 'EXCEL_SHEET_UNKNOWN'],
    ['a range that is none', { range: 'all' }, 'EXCEL_RANGE_INVALID'],
    ['a header that names a column twice', { sheet: 'Twice' }, 'EXCEL_HEADER_INVALID'],
  ])('with %s is a clear error', async (_, options, code) => {
    folder.write(
      'a.xlsx',
      workbook({
        S: sheetOf([['n'], [1]]),
        Twice: sheetOf([
          ['n', 'n'],
          [1, 2],
        ]),
      }),
    );
    await expect(read(options)).rejects.toMatchObject({ code });
  });

  test('of a file that is no workbook is a clear error, tried again', async () => {
    folder.write('a.xlsx', 'PK but not really');
    await expect(read()).rejects.toMatchObject({ code: 'EXCEL_UNREADABLE', retryable: true });
  });
});
