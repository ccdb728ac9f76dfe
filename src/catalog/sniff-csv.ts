/** How delimited text is written, guessed from its beginning. */
import { parseNumber } from '../schema/number-text.ts';
import { dateText, localTimestampText, timeText, utcTimestampText } from '../schema/time-text.ts';
import { type CsvDialect, CsvSplitter } from './draft/csv-splitter.ts';

export interface CsvShape extends CsvDialect {
  /** True when the first row names the columns. */
  readonly header: boolean;
}

/** Of two that do equally well the first is taken: nobody writes tabs into text. */
const DELIMITERS = ['\t', ',', ';', '|'];
const QUOTES = ['"', "'"];
/** Rows that are looked at. */
const ROWS_MAX = 1_000;
/** With more cells than this still in quotes, they were the wrong quotes. */
const LEFT_OVER_SHARE = 0.1;

/**
 * The delimiter that cuts the rows most evenly into the most cells, and whether the first row is a header.
 * `isWhole` says that the text is not just the beginning: its last line then counts too.
 */
export function sniffCsv(text: string, isWhole: boolean): CsvShape {
  let best: CsvDialect = { delimiter: ',', quote: '"' };
  let bestScore = 0;
  for (const quote of QUOTES) {
    for (const delimiter of DELIMITERS) {
      const score = evenness(rowsOf(text, { delimiter, quote }, isWhole));
      // The apostrophe is a letter in many languages, so it has to be clearly better.
      const needed = quote === '"' ? bestScore : bestScore * 1.05;
      if (score > needed) [best, bestScore] = [{ delimiter, quote }, score];
    }
  }
  return { ...best, header: hasHeader(rowsOf(text, best, isWhole).rows) };
}

interface Cut {
  readonly rows: readonly string[][];
  readonly broken: number;
}

function rowsOf(text: string, dialect: CsvDialect, isWhole: boolean): Cut {
  const splitter = new CsvSplitter(dialect);
  const rows = splitter.feed(text);
  if (isWhole) rows.push(...splitter.end());
  return { rows: rows.slice(0, ROWS_MAX), broken: splitter.broken };
}

/** 0 for text that is not cut; else the share of rows of the usual width, weighted a little by width and left-over quotes. */
function evenness({ rows, broken }: Cut): number {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
  const [width, times] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0]);
  if (width < 2) return 0;
  const cells = rows.flat();
  const hasQuotes = cells.filter(isQuoted).length > cells.length * LEFT_OVER_SHARE;
  return (times / (rows.length + broken)) * (1 - 1 / (width + 1)) * (hasQuotes ? 0.9 : 1);
}

function isQuoted(cell: string): boolean {
  return QUOTES.some((quote) => cell.length > 1 && cell.startsWith(quote) && cell.endsWith(quote));
}

/** A header is a row of which no cell reads like a value; blank or repeated names need columns of values below as proof. */
function hasHeader(rows: readonly string[][]): boolean {
  const [first, ...below] = rows;
  if (!first) return true;
  if (first.some((cell) => isValue(cell.trim()))) return false;
  const names = new Set(first.map((cell) => cell.trim().toLowerCase()));
  if (names.size === first.length && !names.has('')) return true;
  return first.some((_, i) => {
    const cells = below.map((row) => (row[i] ?? '').trim()).filter((cell) => cell !== '');
    return cells.length > 0 && cells.every(isValue);
  });
}

function isValue(text: string): boolean {
  const readings = [dateText, timeText, localTimestampText, utcTimestampText, parseNumber];
  return /^(?:true|false)$/i.test(text) || readings.some((reading) => reading(text) !== undefined);
}
