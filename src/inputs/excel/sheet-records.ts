/**
 * The rows of a sheet as NDJSON. The first row of the range is the header; a merged cell counts in each cell that it covers; a number
 * that is shown as a date is that date, by the workbook's own epoch; a cell with an error is its text (`#REF!`), so that it is seen.
 */
import { type CellObject, type Range, SSF, utils, type WorkSheet } from '@e965/xlsx';
import { WharfError } from '../../base/errors.ts';
import type { Field } from '../../schema/field.ts';
import './errors.ts';

export interface SheetOptions {
  readonly sheet: WorkSheet;
  /** As people know it, for errors: file and sheet. */
  readonly shown: string;
  /** `B2:F100`, or `B2:F` for all rows from the second on; what the sheet uses when left out. */
  readonly range: string | undefined;
  readonly epoch1904: boolean;
  readonly fields: readonly Field[];
}

type Cells = readonly (readonly (CellObject | undefined)[] | undefined)[];

/** Throws EXCEL_RANGE_INVALID, EXCEL_HEADER_INVALID. */
export function sheetRecords(options: SheetOptions): string {
  const { sheet, fields, epoch1904 } = options;
  const used = sheet['!ref'];
  if (used === undefined) return '';
  const range = rangeOf(options.range, utils.decode_range(used));
  const cells = mergedCells(sheet);
  const names = headerOf(options, cells, range);
  const types = new Map(fields.map((field) => [field.name, field.type]));
  const lines: string[] = [];
  for (let r = range.s.r + 1; r <= range.e.r; r++) {
    const members = names.flatMap((name, i) => {
      const value = name === '' ? undefined : cellJson(cells(r, range.s.c + i), types.get(name), epoch1904);
      return value === undefined ? [] : [`${JSON.stringify(name)}:${value}`];
    });
    if (members.length > 0) lines.push(`{${members.join(',')}}\n`);
  }
  return lines.join('');
}

function rangeOf(text: string | undefined, used: Range): Range {
  if (text === undefined) return used;
  const [, from, to, row] = /^([A-Z]{1,3}[1-9]\d{0,6}):([A-Z]{1,3})([1-9]\d{0,6})?$/.exec(text) ?? [];
  if (from === undefined || to === undefined) {
    throw new WharfError(
      'EXCEL_RANGE_INVALID',
      `"${text}" is no range of cells; expected "B2:F100" or "B2:F".`,
      {
        hint: 'Write the corners in capital letters; the first row is the header.',
      },
    );
  }
  const range = utils.decode_range(`${from}:${to}${row ?? used.e.r + 1}`);
  return { s: range.s, e: { c: range.e.c, r: Math.min(range.e.r, used.e.r) } };
}

/** The cell at a place, or the one that is merged over it. */
function mergedCells(sheet: WorkSheet): (r: number, c: number) => CellObject | undefined {
  const data = (sheet['!data'] ?? []) as Cells;
  const merges = sheet['!merges'] ?? [];
  return (r, c) => {
    const own = data[r]?.[c];
    if (own && own.t !== 'z') return own;
    const over = merges.find(({ s, e }) => r >= s.r && r <= e.r && c >= s.c && c <= e.c);
    return over ? data[over.s.r]?.[over.s.c] : own;
  };
}

function headerOf(
  { shown }: SheetOptions,
  cells: (r: number, c: number) => CellObject | undefined,
  range: Range,
): string[] {
  const names = Array.from({ length: range.e.c - range.s.c + 1 }, (_, i) => {
    const cell = cells(range.s.r, range.s.c + i);
    return cell === undefined || cell.v === undefined ? '' : String(cell.w ?? cell.v).trim();
  });
  const twice = names.find((name, i) => name !== '' && names.indexOf(name) < i);
  if (twice === undefined && names.some((name) => name !== '')) return names;
  const what = twice === undefined ? 'names no column' : `names the column "${twice}" twice`;
  throw new WharfError('EXCEL_HEADER_INVALID', `The header row of "${shown}" ${what}.`, {
    hint: 'Correct the row, or say with the option "range" where the table begins.',
    place: { file: shown, line: range.s.r + 1 },
  });
}

/** JSON; undefined for an empty cell. */
function cellJson(
  cell: CellObject | undefined,
  type: string | undefined,
  epoch1904: boolean,
): string | undefined {
  if (!cell || cell.t === 'z' || cell.v === undefined || cell.v === null) return undefined;
  if (cell.t === 'b') return String(cell.v);
  if (cell.t === 'e') return JSON.stringify(cell.w ?? '#ERROR!');
  if (cell.t !== 'n') return cell.v === '' ? undefined : JSON.stringify(String(cell.v));
  const number = Number(cell.v);
  if (SSF.is_date(String(cell.z ?? ''))) return JSON.stringify(dateText(number, type, epoch1904));
  return type === 'string' ? JSON.stringify(String(number)) : String(number);
}

/** A day, a time of day, or both, as the field or else the number itself says. */
function dateText(serial: number, type: string | undefined, epoch1904: boolean): string {
  const at = SSF.parse_date_code(serial, { date1904: epoch1904 });
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${String(at.y).padStart(4, '0')}-${two(at.m)}-${two(at.d)}`;
  const time = `${two(at.H)}:${two(at.M)}:${two(at.S)}`;
  if (type === 'time' || (type !== 'timestamp' && type !== 'date' && serial < 1)) return time;
  if (type === 'date' || (type !== 'timestamp' && Number.isInteger(serial))) return day;
  return `${day}T${time}`;
}
