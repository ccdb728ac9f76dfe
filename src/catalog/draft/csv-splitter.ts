export interface CsvDialect {
  /** One character. */
  readonly delimiter: string;
  /** One character, or empty for none; doubled inside a quoted cell. */
  readonly quote: string;
}

/**
 * Cuts delimited text into rows of cells, fed in pieces.
 *
 * A quote opens a quoted cell only where a cell starts, as when the file is captured. Blank lines are no rows; nor are those
 * in which text stands behind a closing quote, or a quoted cell does not end: they are rejected on the way in.
 */
export class CsvSplitter {
  readonly #dialect: CsvDialect;
  #rest = '';
  /** No record ends in the rest before this place, so that a long record is not looked at again with every piece. */
  #waitFor = 0;
  #broken = 0;

  constructor(dialect: CsvDialect) {
    this.#dialect = dialect;
  }

  /** Characters that wait for the end of their record. */
  get pending(): number {
    return this.#rest.length;
  }

  /** Records with broken quotes so far. */
  get broken(): number {
    return this.#broken;
  }

  /** The rows that are complete now. */
  feed(text: string): string[][] {
    this.#rest += text;
    if (this.#rest.length < this.#waitFor) return [];
    const rows = this.#cut(false);
    this.#waitFor = rows.length === 0 ? this.#rest.length * 2 : 0;
    return rows;
  }

  /** The last row, which no line end needs to follow. */
  end(): string[][] {
    const rows = this.#cut(true);
    this.#rest = '';
    return rows;
  }

  #cut(isLast: boolean): string[][] {
    const rows: string[][] = [];
    let from = 0;
    for (;;) {
      const record = readRecord(this.#rest, from, this.#dialect);
      if (record.end >= this.#rest.length && !isLast) break;
      if (from >= this.#rest.length) break;
      if (record.isBroken) this.#broken += 1;
      else if (record.cells.length > 1 || record.cells[0] !== '') rows.push(record.cells);
      from = record.end + 1;
    }
    this.#rest = this.#rest.slice(from);
    return rows;
  }
}

interface Record {
  readonly cells: string[];
  readonly isBroken: boolean;
  /** The place of the line feed behind it; the text's length when there is none. */
  readonly end: number;
}

function readRecord(text: string, from: number, dialect: CsvDialect): Record {
  const { delimiter, quote } = dialect;
  const lineEnd = endOf(text, '\n', from);
  const line = text.slice(from, lineEnd);
  if (quote === '' || !line.includes(quote)) {
    return { cells: withoutReturn(line).split(delimiter), isBroken: false, end: lineEnd };
  }
  const cells: string[] = [];
  let at = from;
  let isBroken = false;
  for (;;) {
    const isQuoted = text[at] === quote;
    const quoted = isQuoted ? readQuoted(text, at + 1, quote) : { cell: '', isClosed: true, end: at };
    const end = Math.min(endOf(text, delimiter, quoted.end), endOf(text, '\n', quoted.end));
    const isLast = text[end] !== delimiter;
    const written = text.slice(quoted.end, end);
    const tail = isLast ? withoutReturn(written) : written;
    if (isQuoted && (tail !== '' || !quoted.isClosed)) isBroken = true;
    cells.push(quoted.cell + tail);
    if (isLast) return { cells, isBroken, end };
    at = end + 1;
  }
}

interface QuotedCell {
  readonly cell: string;
  readonly isClosed: boolean;
  readonly end: number;
}

/** A quoted cell's text from behind its first quote; `end` is behind its last one. */
function readQuoted(text: string, from: number, quote: string): QuotedCell {
  let cell = '';
  let at = from;
  for (;;) {
    const close = text.indexOf(quote, at);
    if (close < 0) return { cell: cell + text.slice(at), isClosed: false, end: text.length };
    cell += text.slice(at, close);
    if (text[close + 1] !== quote) return { cell, isClosed: true, end: close + 1 };
    cell += quote;
    at = close + 2;
  }
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at;
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
