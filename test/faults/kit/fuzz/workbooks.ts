/** A damaged workbook is read, or refused with a code. */
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { utils, write } from '@e965/xlsx';
import fc from 'fast-check';
import { bringWorkbook } from '../../../../src/inputs/excel/bring-workbook.ts';
import { damaged, fuzzTarget, refusalOf } from './target.ts';

function workbook(compression: boolean): Uint8Array {
  const book = utils.book_new();
  const rows = [
    ['n', 't', 'd'],
    [1, 'a', true],
    [2.5, '=1+1', { t: 'n', v: 46_146, z: 'yyyy-mm-dd' }],
    [null, '', 'z'.repeat(50)],
  ];
  utils.book_append_sheet(book, utils.aoa_to_sheet(rows), 'S');
  return new Uint8Array(write(book, { type: 'buffer', bookType: 'xlsx', compression }));
}

const SNIPPETS = [
  '',
  'PK',
  '<c r="A1">',
  '</row>',
  '<v>',
  '&#0;',
  '&lt;',
  't="e"',
  'r="XFD1048576"',
  '\u0000',
  '9'.repeat(20),
];
const bytes = fc.boolean().chain((compression) => damaged(fc.constant(workbook(compression)), SNIPPETS));

export const workbooks = fuzzTarget('workbooks', 5_000, bytes, async (content) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wharf-fuzz-'));
  try {
    const file = {
      name: 'a.xlsx',
      path: path.join(folder, 'a.xlsx'),
      size: content.length,
      mtimeMs: 0,
      inode: 0,
    };
    await writeFile(file.path, content);
    await bringWorkbook(
      file,
      { sheet: undefined, range: undefined },
      { temporaryFolder: folder, fields: [] },
    );
  } catch (thrown) {
    refusalOf(thrown);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
