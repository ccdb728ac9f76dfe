import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { read, type WorkBook } from '@e965/xlsx';
import { unzipSync } from 'fflate';
import { formatBytes } from '../../base/duration.ts';
import { WharfError } from '../../base/errors.ts';
import { randomName } from '../../base/random.ts';
import type { CaptureContext } from '../../kit/input.ts';
import type { FoundFile } from '../file/find-files.ts';
import { sheetRecords } from './sheet-records.ts';
import './errors.ts';

/** A workbook is read in one go in the main process, so what people edit by hand fits, and a database does not. */
export const WORKBOOK_BYTES_MAX = 10_000_000;
export const UNPACKED_BYTES_MAX = 100_000_000;

export interface WorkbookOptions {
  /** The first one when left out. */
  readonly sheet: string | undefined;
  readonly range: string | undefined;
}

/** The rows of the workbook's sheet in a temporary file, as NDJSON. */
export async function bringWorkbook(
  file: FoundFile,
  options: WorkbookOptions,
  { temporaryFolder, fields }: Pick<CaptureContext, 'temporaryFolder' | 'fields'>,
): Promise<FoundFile> {
  if (file.size > WORKBOOK_BYTES_MAX) tooLarge(file.name, file.size, WORKBOOK_BYTES_MAX);
  const book = readBook(file.name, await readFile(file.path));
  const name = options.sheet ?? book.SheetNames[0] ?? '';
  const sheet = Object.hasOwn(book.Sheets, name) ? book.Sheets[name] : undefined;
  if (!sheet) {
    throw new WharfError('EXCEL_SHEET_UNKNOWN', `"${file.name}" has no sheet "${name}".`, {
      hint: `It has ${book.SheetNames.map((one) => `"${one}"`).join(', ')}.`,
      place: { file: file.name },
    });
  }
  const epoch1904 = book.Workbook?.WBProps?.date1904 === true;
  const shown = `${file.name} (${name})`;
  const text = sheetRecords({ sheet, shown, range: options.range, epoch1904, fields });
  const copy = path.join(temporaryFolder, `excel-${randomName()}`);
  await writeFile(copy, text, { flag: 'wx' });
  return { ...file, path: copy, size: Buffer.byteLength(text) };
}

function readBook(name: string, bytes: Buffer): WorkBook {
  let unpacked = 0;
  try {
    unzipSync(bytes, {
      filter: ({ originalSize }) => {
        unpacked += originalSize;
        return false;
      },
    });
    if (unpacked <= UNPACKED_BYTES_MAX) return read(bytes, { cellDates: false, cellNF: true, dense: true });
  } catch (thrown) {
    throw new WharfError('EXCEL_UNREADABLE', `"${name}" is no workbook that can be read.`, {
      hint: 'Save it as .xlsx; a file that is being written is tried again by itself.',
      place: { file: name },
      cause: thrown,
    });
  }
  return tooLarge(name, unpacked, UNPACKED_BYTES_MAX);
}

function tooLarge(name: string, bytes: number, bytesMax: number): never {
  throw new WharfError(
    'EXCEL_TOO_LARGE',
    `"${name}" has ${formatBytes(bytes)}, more than ${formatBytes(bytesMax)}.`,
    {
      hint: 'Save the sheet as CSV and use the input "file".',
      place: { file: name },
    },
  );
}
