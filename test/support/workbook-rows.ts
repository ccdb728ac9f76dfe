import { read, utils, type WorkSheet } from '@e965/xlsx';
import { canonicalNumber, parseExact } from './read-ports.ts';

const EPOCH_SERIAL = 25_569;
const DAY_MS = 86_400_000;

export type WorkbookKinds = Readonly<Record<string, 'number' | 'json' | 'day' | 'instant' | 'wall'>>;

/** Rows of the first sheet as values of `parseExact`; what a cell holds as text is read as its column says. */
export function workbookRows(bytes: Uint8Array, kinds: WorkbookKinds): Record<string, unknown>[] {
  const book = read(bytes, { cellDates: false, dense: false });
  const sheet = book.Sheets[book.SheetNames[0] ?? ''] as WorkSheet;
  const range = utils.decode_range(sheet['!ref'] ?? 'A1');
  const names = Array.from({ length: range.e.c + 1 }, (_, c) => String(cellAt(sheet, 0, c)?.v));
  return Array.from({ length: range.e.r }, (_, r) =>
    Object.fromEntries(names.map((name, c) => [name, valueOfCell(cellAt(sheet, r + 1, c), kinds[name])])),
  );
}

function cellAt(sheet: WorkSheet, r: number, c: number): { t: string; v?: unknown } | undefined {
  return sheet[utils.encode_cell({ r, c })] as { t: string; v?: unknown } | undefined;
}

function valueOfCell(
  cell: { t: string; v?: unknown } | undefined,
  kind: WorkbookKinds[string] | undefined,
): unknown {
  if (!cell || cell.t === 'z') return null;
  if (cell.t === 'b') return cell.v;
  const text = String(cell.v ?? '');
  if (kind === 'number') return canonicalNumber(text);
  if (kind === 'json') return parseExact(text);
  if (cell.t !== 'n' || kind === undefined) return text;
  const time = new Date(Math.round((Number(text) - EPOCH_SERIAL) * DAY_MS)).toISOString();
  if (kind === 'day') return time.slice(0, 10);
  const wall = time.slice(0, -1).replace(/\.?0+$/, (zeros) => (zeros.startsWith('.') ? '' : zeros));
  return kind === 'instant' ? `${wall}Z` : wall;
}
