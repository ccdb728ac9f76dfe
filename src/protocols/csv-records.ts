/**
 * Cuts delimited text behind line feeds that stand outside quoted cells.
 *
 * A quote opens a quoted cell only where a cell starts (as in RFC 4180 and as the parser of the records sees it), so the
 * inch sign in `5" pipe` does not swallow the rest of the file. Inside a quoted cell a doubled quote is a quote.
 */
import { PendingText } from './pending-text.ts';
import type { FramerOptions, RecordFramer, RecordSlice } from './record-framer.ts';

export interface CsvDialect {
  /** One ASCII character. */
  readonly delimiter: string;
  /** One ASCII character, or empty for none. */
  readonly quote: string;
}

const LINE_FEED = 10;
const NO_QUOTE = -1;

const CELL_START = 0;
const PLAIN = 1;
const QUOTED = 2;
/** Behind a quote in a quoted cell: the cell's end, or the first half of a doubled quote. */
const QUOTE_SEEN = 3;

export class CsvRecords implements RecordFramer {
  readonly #pending: PendingText;
  readonly #sliceBytesMax: number;
  readonly #delimiter: number;
  readonly #quote: number;
  /** The state behind the pending bytes, and how many of them have been looked at. */
  #state = CELL_START;
  #seen = 0;

  constructor(dialect: CsvDialect, options: FramerOptions) {
    this.#pending = new PendingText(options);
    this.#sliceBytesMax = options.sliceBytesMax;
    this.#delimiter = dialect.delimiter.charCodeAt(0);
    this.#quote = dialect.quote === '' ? NO_QUOTE : dialect.quote.charCodeAt(0);
  }

  push(chunk: Uint8Array): RecordSlice[] {
    const slices: RecordSlice[] = [];
    const text = this.#pending.add(chunk);
    let from = 0;
    for (;;) {
      const end = this.#wholeEnd(text, from);
      if (end === from) break;
      slices.push(this.#pending.take(end - from));
      from = end;
    }
    this.#pending.settle();
    return slices;
  }

  rest(): RecordSlice | undefined {
    return this.#pending.rest();
  }

  /** True when the text so far ends within a quoted cell. */
  get insideQuotes(): boolean {
    return this.#state === QUOTED;
  }

  /** The end of the last record that still fits into a slice from `from`, or of the first one; `from` when none ends. */
  #wholeEnd(text: Uint8Array, from: number): number {
    const limit = from + this.#sliceBytesMax;
    let best = this.#endOfPlainLines(text, from, limit);
    let i = Math.max(best, from + this.#seen);
    while (i < text.length) {
      const next = this.#nextEnd(text, i);
      if (next === 0) {
        i = text.length;
        break;
      }
      // Both places are starts of records, so looking at the record that did not fit again is all it costs.
      if (next > limit && best > from) break;
      best = next;
      i = next;
    }
    this.#seen = i - best;
    return best;
  }

  /** As `wholeEnd`, where no quote is ahead and every line feed ends a record: found without looking at each byte. */
  #endOfPlainLines(text: Uint8Array, from: number, limit: number): number {
    const seen = from + this.#seen;
    const quoteAhead = this.#quote !== NO_QUOTE && text.indexOf(this.#quote, seen) >= 0;
    if (this.#state === QUOTED || quoteAhead) return from;
    const end = text.lastIndexOf(LINE_FEED, limit - 1) + 1;
    if (end <= seen) return from;
    this.#state = CELL_START;
    return end;
  }

  /** The place behind the next line feed outside quotes at or after `from`; 0 when the text ends before. */
  #nextEnd(text: Uint8Array, from: number): number {
    const delimiter = this.#delimiter;
    const quote = this.#quote;
    let state = this.#state;
    let i = from;
    while (i < text.length) {
      const byte = text[i++];
      if (state === QUOTED) {
        if (byte === quote) state = QUOTE_SEEN;
      } else if (byte === LINE_FEED) {
        this.#state = CELL_START;
        return i;
      } else if (byte === delimiter) state = CELL_START;
      else if (byte === quote && state !== PLAIN) state = QUOTED;
      else state = PLAIN;
    }
    this.#state = state;
    return 0;
  }
}
