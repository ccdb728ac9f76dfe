/** Records of delimited text, with the physical line at which each begins. */
import type { Framing } from '../framing.ts';

const LINE_FEED = 10;

export type CsvFraming = Extract<Framing, { format: 'csv' }>;

export interface CsvCell {
  readonly text: string;
  readonly quoted: boolean;
}

export interface CsvRecord {
  /** Lines before it in the slice. */
  readonly line: number;
  readonly cells: readonly CsvCell[];
  /** The record's own text, without its line end. */
  readonly text: string;
  /** False when a quoted cell does not end, or text stands behind its end. */
  readonly wellFormed: boolean;
}

/**
 * The place behind the record that begins here: behind the next line feed outside quotes, or the end of the bytes.
 * A quote opens a quoted cell only where a cell begins.
 */
export function csvRecordEnd(bytes: Buffer, start: number, { delimiter, quote }: CsvFraming): number {
  const [parting, quoting] = [delimiter.charCodeAt(0), quote === '' ? -1 : quote.charCodeAt(0)];
  let isCellStart = true;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === LINE_FEED) return at + 1;
    if (isCellStart && byte === quoting) at = quotedEnd(bytes, at + 1, quoting);
    isCellStart = byte === parting;
  }
  return bytes.length;
}

/** The place of the quote that closes the cell, or the end of the bytes. */
function quotedEnd(bytes: Buffer, from: number, quote: number): number {
  for (let at = from; ; at += 2) {
    at = bytes.indexOf(quote, at);
    if (at < 0) return bytes.length;
    if (bytes[at + 1] !== quote) return at;
  }
}

/** Reads a slice of whole records; blank lines are passed over, and counted as lines. */
export function* readCsvRecords(text: string, framing: CsvFraming): Generator<CsvRecord> {
  const reader = new CsvReader(text, framing);
  while (!reader.atEnd) {
    const record = reader.record();
    if (record.text !== '') yield record;
  }
}

class CsvReader {
  readonly #text: string;
  readonly #delimiter: string;
  readonly #quote: string;
  #at = 0;
  #line = 0;

  constructor(text: string, framing: CsvFraming) {
    this.#text = text;
    this.#delimiter = framing.delimiter;
    this.#quote = framing.quote;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  record(): CsvRecord {
    const start = this.#at;
    const line = this.#line;
    const cells: CsvCell[] = [];
    let wellFormed = true;
    for (;;) {
      const cell = this.#cell();
      cells.push(cell);
      wellFormed &&= cell.wellFormed;
      if (this.#text[this.#at] !== this.#delimiter) break;
      this.#at += 1;
    }
    const text = withoutReturn(this.#text.slice(start, this.#at));
    this.#at += 1;
    this.#line += 1;
    return { line, cells, text, wellFormed };
  }

  #cell(): CsvCell & { readonly wellFormed: boolean } {
    if (this.#quote !== '' && this.#text[this.#at] === this.#quote) return this.#quotedCell();
    const end = this.#cellEnd(this.#at);
    const text = this.#endsRecord(end)
      ? withoutReturn(this.#text.slice(this.#at, end))
      : this.#text.slice(this.#at, end);
    this.#at = end;
    return { text, quoted: false, wellFormed: true };
  }

  #quotedCell(): CsvCell & { readonly wellFormed: boolean } {
    let text = '';
    let at = this.#at + 1;
    for (;;) {
      const end = this.#text.indexOf(this.#quote, at);
      const part = this.#text.slice(at, end < 0 ? undefined : end);
      text += part;
      for (const character of part) if (character === '\n') this.#line += 1;
      if (end < 0) {
        this.#at = this.#text.length;
        return { text, quoted: true, wellFormed: false };
      }
      at = end + 1;
      if (this.#text[at] !== this.#quote) break;
      text += this.#quote;
      at += 1;
    }
    const behind = this.#cellEnd(at);
    const rest = this.#endsRecord(behind)
      ? withoutReturn(this.#text.slice(at, behind))
      : this.#text.slice(at, behind);
    this.#at = behind;
    return { text: text + rest, quoted: true, wellFormed: rest === '' };
  }

  #cellEnd(from: number): number {
    for (let at = from; at < this.#text.length; at++) {
      const character = this.#text[at];
      if (character === this.#delimiter || character === '\n') return at;
    }
    return this.#text.length;
  }

  #endsRecord(at: number): boolean {
    return at >= this.#text.length || this.#text[at] === '\n';
  }
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
