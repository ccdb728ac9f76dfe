import type { CsvDialect } from './csv-records.ts';

/**
 * The cells of one record of delimited text, unquoted, without its line end.
 * Takes broken quoting as it comes: text behind a closing quote belongs to the cell.
 */
export function csvCells(record: string, dialect: CsvDialect): string[] {
  const text = record.replace(/\r?\n$/, '');
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    const { cell, end } = readCell(text, at, dialect);
    cells.push(cell);
    if (end >= text.length) return cells;
    at = end + 1;
  }
}

/** One cell from `at`; `end` is the place of the delimiter behind it, or the text's length. */
function readCell(text: string, at: number, { delimiter, quote }: CsvDialect): { cell: string; end: number } {
  let cell = '';
  let from = at;
  if (quote !== '' && text[at] === quote) {
    from = at + 1;
    for (;;) {
      const close = text.indexOf(quote, from);
      if (close < 0) return { cell: cell + text.slice(from), end: text.length };
      cell += text.slice(from, close);
      from = close + 1;
      if (text[from] !== quote) break;
      cell += quote;
      from += 1;
    }
  }
  const next = text.indexOf(delimiter, from);
  const end = next < 0 ? text.length : next;
  return { cell: cell + text.slice(from, end), end };
}
