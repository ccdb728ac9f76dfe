/**
 * The quick way for delimited text: the cells of a record as the JSON document that they stand for, written as bytes and left to
 * the quick way of documents. What a cell stands for is said in `csv-document.ts`; every cell that is not plain is left to it.
 */
import { unreachable } from '../../base/assert.ts';
import type { Field } from '../field.ts';
import { BACKSLASH, CLOSE_OBJECT, COMMA, OPEN_OBJECT, QUOTE, UNSURE } from './byte-scan.ts';
import { booleanOf } from './csv-document.ts';
import type { CsvFraming } from './csv-records.ts';
import { RECORD_BYTES_MAX } from './record-check.ts';

const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;
const NO_QUOTE = -1;
const ROOM_BYTES = 4_096;
/** A byte of a cell becomes two at most, and a cell gets quotes and a comma. */
const GROWTH = 2;
const AROUND_CELL_BYTES = 8;

const NUMBER_BYTES = Uint8Array.from({ length: 256 }, (_, byte) =>
  '0123456789+-.eE'.includes(String.fromCharCode(byte)) ? 1 : 0,
);
const NULL = Buffer.from('null');

/** How a cell becomes JSON: in quotes, as it stands, as a word; or not here. */
type Kind = 'text' | 'trimmed' | 'number' | 'boolean' | 'json';

interface Column {
  /** `"name":` */
  readonly label: Buffer;
  readonly kind: Kind;
  /** Cells of columns that no field names are told even when they are null. */
  readonly named: boolean;
}

export class QuickCells {
  #document = Buffer.alloc(ROOM_BYTES);
  #length = 0;
  #lineFeeds = 0;
  readonly #columns: readonly Column[];
  readonly #nulls: readonly Buffer[];
  readonly #delimiter: number;
  readonly #quote: number;

  constructor(framing: CsvFraming, fields: ReadonlyMap<string, Field>) {
    this.#columns = framing.columns.map((name) => columnOf(name, fields.get(name)));
    this.#nulls = framing.nulls.map((text) => Buffer.from(text));
    this.#delimiter = framing.delimiter.charCodeAt(0);
    this.#quote = framing.quote === '' ? NO_QUOTE : framing.quote.charCodeAt(0);
  }

  /** The record that was read last: a JSON document of `length` bytes, and a line feed. */
  get document(): Buffer {
    return this.#document;
  }

  get length(): number {
    return this.#length;
  }

  /** How many line feeds stand in its cells. */
  get lineFeeds(): number {
    return this.#lineFeeds;
  }

  /** Reads the record that begins here; gives the place behind its line feed, or UNSURE. The bytes are UTF-8. */
  read(bytes: Buffer, start: number): number {
    this.#length = 0;
    this.#lineFeeds = 0;
    this.#put(OPEN_OBJECT);
    let at = start;
    const last = this.#columns.length - 1;
    for (let i = 0; i <= last; i++) {
      const column = this.#columns[i] as Column;
      at = bytes[at] === this.#quote ? this.#quoted(bytes, at + 1, column) : this.#plain(bytes, at, column);
      if (at === UNSURE || bytes[at] !== (i < last ? this.#delimiter : LINE_FEED)) return UNSURE;
      at += 1;
    }
    // A blank line is no record.
    if (bytes[start] === LINE_FEED || (bytes[start] === RETURN && bytes[start + 1] === LINE_FEED))
      return UNSURE;
    if (at - start > RECORD_BYTES_MAX) return UNSURE;
    this.#put(CLOSE_OBJECT);
    this.#document[this.#length] = LINE_FEED;
    return at;
  }

  /** Writes the cell that begins here without a quote; gives its end. */
  #plain(bytes: Buffer, from: number, column: Column): number {
    let end = from;
    let byte = bytes[end];
    while (byte !== this.#delimiter && byte !== LINE_FEED && byte !== undefined) byte = bytes[++end];
    const textEnd = byte === LINE_FEED && end > from && bytes[end - 1] === RETURN ? end - 1 : end;
    const done = this.#isNull(bytes, from, textEnd)
      ? this.#writeNull(column)
      : this.#write(bytes, from, textEnd, column);
    return done ? end : UNSURE;
  }

  /** Likewise behind an opening quote. A doubled quote is left to the exact way, but in texts. */
  #quoted(bytes: Buffer, from: number, column: Column): number {
    let end = from;
    let doubled = false;
    for (;;) {
      end = bytes.indexOf(this.#quote, end);
      if (end < 0) return UNSURE;
      if (bytes[end + 1] !== this.#quote) break;
      doubled = true;
      end += 2;
    }
    if (doubled && column.kind !== 'text') return UNSURE;
    if (!this.#write(bytes, from, end, column, doubled)) return UNSURE;
    return bytes[end + 1] === RETURN && bytes[end + 2] === LINE_FEED ? end + 2 : end + 1;
  }

  #isNull(bytes: Buffer, from: number, end: number): boolean {
    for (const text of this.#nulls)
      if (text.length === end - from && bytes.compare(text, 0, text.length, from, end) === 0) return true;
    return false;
  }

  #writeNull(column: Column): boolean {
    if (column.named) return true;
    this.#label(column, NULL.length);
    this.#length += NULL.copy(this.#document, this.#length);
    return true;
  }

  /** False for a cell that is left to the exact way. */
  #write(bytes: Buffer, from: number, end: number, column: Column, doubled = false): boolean {
    const { kind } = column;
    if (kind !== 'text' && from === end) return this.#writeNull(column);
    if (kind === 'json') return false;
    this.#label(column, end - from);
    if (kind === 'number') return this.#writeNumber(bytes, from, end);
    if (kind === 'boolean') return this.#writeBoolean(bytes.toString('latin1', from, end));
    return this.#writeText(bytes, from, end, doubled);
  }

  #writeNumber(bytes: Buffer, from: number, end: number): boolean {
    for (let at = from; at < end; at++) {
      const byte = bytes[at] as number;
      if (NUMBER_BYTES[byte] !== 1) return false;
      this.#put(byte);
    }
    return true;
  }

  #writeBoolean(text: string): boolean {
    const value = booleanOf(text);
    if (value === undefined) return false;
    this.#length += this.#document.write(String(value), this.#length, 'latin1');
    return true;
  }

  #writeText(bytes: Buffer, from: number, end: number, doubled: boolean): boolean {
    this.#put(QUOTE);
    for (let at = from; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte < SPACE && !this.#escapeControl(byte)) return false;
      if (byte === QUOTE || byte === BACKSLASH) this.#put(BACKSLASH);
      if (byte >= SPACE) this.#put(byte);
      if (doubled && byte === this.#quote) at += 1;
    }
    this.#put(QUOTE);
    return true;
  }

  #escapeControl(byte: number): boolean {
    const letter = byte === LINE_FEED ? 0x6e : byte === RETURN ? 0x72 : byte === TAB ? 0x74 : undefined;
    if (letter === undefined) return false;
    if (byte === LINE_FEED) this.#lineFeeds += 1;
    this.#put(BACKSLASH);
    this.#put(letter);
    return true;
  }

  /** Begins a member whose cell has so many bytes; makes room for all of it. */
  #label(column: Column, cellBytes: number): void {
    const needed = this.#length + column.label.length + cellBytes * GROWTH + AROUND_CELL_BYTES;
    if (needed > this.#document.length) {
      const larger = Buffer.alloc(needed * 2);
      this.#document.copy(larger, 0, 0, this.#length);
      this.#document = larger;
    }
    if (this.#length > 1) this.#put(COMMA);
    const { label } = column;
    for (let i = 0; i < label.length; i++) this.#put(label[i] as number);
  }

  #put(byte: number): void {
    this.#document[this.#length++] = byte;
  }
}

function columnOf(name: string, field: Field | undefined): Column {
  const label = Buffer.from(`${JSON.stringify(name)}:`);
  return { label, kind: field ? kindOf(field) : 'text', named: field !== undefined };
}

function kindOf({ type }: Field): Kind {
  switch (type) {
    case 'string':
      return 'text';
    case 'integer':
    case 'number':
    case 'decimal':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'date':
    case 'time':
    case 'timestamp':
    case 'bytes':
      return 'trimmed';
    case 'json':
    case 'object':
    case 'array':
      return 'json';
    default:
      return unreachable(type);
  }
}
