/** Rows of COPY's text format, as the server sends them one by one, into the lines of batches. */
import { CAPTURE_BATCH_BYTES_MAX } from '../../kit/input.ts';
import { splitCopyRow } from '../../protocols/postgres/copy-text.ts';
import type { RowShape } from '../rows/row-shape.ts';
import { CELL_GROWTH_MAX, type CellWriter, cellEnd, cellWriterOf } from './copy-cells.ts';
import { LineBuffer } from './line-buffer.ts';

/** Longer rows go by their texts: room for the most that they might become would be too much. */
const BYTES_ROW_MAX = 64 * 1024;
/** `null`, and quotes around nothing. */
const CELL_BYTES_MIN = 4;
/** What closes a line. */
const END_BYTES = 2;
const BRACE = 0x7d;
const LINE_FEED = 0x0a;
const BACKSLASH = 0x5c;
const LETTER_N = 0x4e;

/** Whole lines of JSON. */
export interface CopiedLines {
  readonly bytes: Uint8Array;
  /** The cells that followed the table's columns in the last row; none where nothing was copied. */
  readonly lastKey: readonly string[] | undefined;
}

interface WrittenColumn {
  readonly index: number;
  readonly label: Uint8Array;
  readonly write: CellWriter;
}

export interface CopyRowsOptions {
  readonly shape: RowShape;
  /** Of the table, as each row begins with. */
  readonly columnCount: number;
}

export class CopyRows {
  readonly #shape: RowShape;
  readonly #columnCount: number;
  readonly #columns: readonly WrittenColumn[];
  readonly #out = new LineBuffer(CAPTURE_BATCH_BYTES_MAX + BYTES_ROW_MAX * CELL_GROWTH_MAX);
  #key = Buffer.alloc(0);
  #keyLength: number | undefined;

  constructor({ shape, columnCount }: CopyRowsOptions) {
    this.#shape = shape;
    this.#columnCount = columnCount;
    this.#columns = shape.columns.map(({ index, label, toJson }, i) => ({
      index,
      label: Buffer.from(`${i === 0 ? '{' : ','}${label}`),
      write: cellWriterOf(toJson),
    }));
  }

  /** A row with its line feed, whose bytes are not kept; the lines before it, where they are a batch. */
  add(row: Buffer): CopiedLines | undefined {
    const before = this.#out.length;
    const key = row.length > BYTES_ROW_MAX ? this.#addText(row) : this.#addBytes(row);
    const full = before > 0 && this.#out.length > CAPTURE_BATCH_BYTES_MAX ? this.#lines(before) : undefined;
    this.#keepKey(row, key);
    return full;
  }

  /** What is left. */
  rest(): CopiedLines {
    return this.#lines(this.#out.length);
  }

  #lines(end: number): CopiedLines {
    const key = this.#keyLength === undefined ? undefined : this.#key.toString('utf8', 0, this.#keyLength);
    return {
      bytes: this.#out.take(end),
      lastKey: key === undefined ? undefined : (splitCopyRow(key) as string[]),
    };
  }

  /** Where the key begins. */
  #addBytes(row: Buffer): number {
    const out = this.#out;
    const end = row.length - 1;
    let at = 0;
    let cell = 0;
    for (const { index, label, write } of this.#columns) {
      for (; cell < index; cell++) at = cellEnd(row, at, end) + 1;
      out.reserve(label.length + CELL_BYTES_MIN + (end - at) * CELL_GROWTH_MAX + END_BYTES);
      for (let i = 0; i < label.length; i++) out.bytes[out.length++] = label[i] as number;
      const isNull = row[at] === BACKSLASH && row[at + 1] === LETTER_N;
      at = isNull ? writeNull(out, at) : write(row, at, end, out);
      at += 1;
      cell += 1;
    }
    out.reserve(END_BYTES);
    out.bytes[out.length++] = BRACE;
    out.bytes[out.length++] = LINE_FEED;
    for (; cell < this.#columnCount; cell++) at = cellEnd(row, at, end) + 1;
    return at;
  }

  #addText(row: Buffer): number {
    const cells = splitCopyRow(row.toString('utf8', 0, row.length - 1));
    this.#out.text(`${this.#shape.document(this.#shape.members(cells))}\n`);
    let at = 0;
    for (let cell = 0; cell < this.#columnCount; cell++) at = cellEnd(row, at, row.length - 1) + 1;
    return at;
  }

  #keepKey(row: Buffer, start: number): void {
    const length = Math.max(0, row.length - 1 - start);
    if (length > this.#key.length) this.#key = Buffer.alloc(length * 2);
    for (let i = 0; i < length; i++) this.#key[i] = row[start + i] as number;
    this.#keyLength = length;
  }
}

function writeNull(out: LineBuffer, at: number): number {
  out.length += out.bytes.write('null', out.length, 'latin1');
  return at + 2;
}
