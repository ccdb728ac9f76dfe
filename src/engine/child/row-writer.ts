/** Writes rows of the engine's chunks into pages (see `RowFormat`). */
import {
  type DuckDBDataChunk,
  type DuckDBType,
  DuckDBVarCharVector,
  type DuckDBVector,
} from '@duckdb/node-api';
import { present } from '../../base/assert.ts';
import type { RowFormat } from '../guest-messages.ts';
import { jsonText } from './json-text.ts';
import type { PageBuffer } from './page-buffer.ts';
import { pgBinary } from './pg-binary.ts';
import { pgText } from './pg-text.ts';
import { TEXT_CELL_BYTES, type TextCells, textCells } from './text-cells.ts';
import { isValid, stringAt, stringBytes, validItems } from './vector-access.ts';

const DATA_ROW = 'D'.charCodeAt(0);

export interface PageWriter {
  /** Written since the last page was taken. */
  readonly bytes: number;
  /** Writes up to `count` rows from `from` on, until the page has `bytesMax`; returns how many. */
  write(chunk: DuckDBDataChunk, from: number, count: number, bytesMax: number): number;
  /** What was written since the last time; it stays until the next rows are written. */
  take(isLast: boolean): Uint8Array;
}

export interface WrittenColumns {
  readonly names: readonly string[];
  readonly types: readonly DuckDBType[];
}

export type LineFormat = Exclude<RowFormat, { readonly kind: 'arrow' } | { readonly kind: 'parquet' }>;

/** A column of a chunk, ready to be written as cells. */
interface CellColumn {
  readonly vector: DuckDBVector;
  readonly type: DuckDBType;
  readonly isBinary: boolean;
  readonly isValid: (row: number) => boolean;
  readonly text: TextCells | undefined;
}

export class RowWriter implements PageWriter {
  readonly #names: readonly string[];
  readonly #types: readonly DuckDBType[];
  readonly #format: LineFormat;
  readonly #pages: PageBuffer;
  #page: Buffer;
  #at = 0;

  constructor(pages: PageBuffer, columns: WrittenColumns, format: LineFormat) {
    this.#pages = pages;
    this.#page = pages.withRoom(0, 0);
    this.#names = columns.names.map((name) => `${JSON.stringify(name)}:`);
    this.#types = columns.types;
    this.#format = format;
  }

  get bytes(): number {
    return this.#at;
  }

  write(chunk: DuckDBDataChunk, from: number, count: number, bytesMax: number): number {
    const vectors = this.#types.map((_, i) => present(chunk.getColumnVector(i), 'each column has a vector'));
    const writeRow = this.#rowsOf(vectors);
    let written = 0;
    while (written < count && this.#at < bytesMax) {
      writeRow(from + written);
      written += 1;
    }
    return written;
  }

  take(): Uint8Array {
    const page = this.#pages.take(this.#at);
    this.#page = this.#pages.withRoom(0, 0);
    this.#at = 0;
    return page;
  }

  #rowsOf(vectors: readonly DuckDBVector[]): (row: number) => void {
    const format = this.#format;
    if (format.kind === 'json') return (row) => this.#writeJson(vectors, row);
    if (format.kind === 'csv') return (row) => this.#writeCsv(vectors, row);
    const columns = vectors.map((vector, i) => {
      const isBinary = format.binary[i] === true;
      const type = present(this.#types[i], 'each column has a type');
      const text = isBinary ? undefined : textCells(vector);
      return { vector, type, isBinary, isValid: validItems(vector), text };
    });
    return (row) => this.#writeCells(columns, row);
  }

  #writeCells(columns: readonly CellColumn[], row: number): void {
    const start = this.#at;
    this.#reserve(7 + columns.length * TEXT_CELL_BYTES);
    this.#page[start] = DATA_ROW;
    this.#page.writeUInt16BE(columns.length, start + 5);
    this.#at = start + 7;
    for (const column of columns) this.#writeCell(column, row);
    this.#page.writeInt32BE(this.#at - start - 1, start + 1);
  }

  #writeCell({ vector, type, isBinary, isValid, text }: CellColumn, row: number): void {
    this.#reserve(TEXT_CELL_BYTES);
    if (!isValid(row)) {
      this.#at = this.#page.writeInt32BE(-1, this.#at);
      return;
    }
    const end = text ? text(row, this.#page, this.#at) : 0;
    if (end > 0) this.#at = end;
    else if (vector instanceof DuckDBVarCharVector) this.#writeSized(stringBytes(vector, row));
    else if (isBinary) this.#writeSized(pgBinary(vector.getItem(row), type));
    else this.#writeText(pgText(vector.getItem(row), type));
  }

  #writeSized(bytes: Uint8Array): void {
    this.#reserve(4 + bytes.length);
    this.#at = this.#page.writeInt32BE(bytes.length, this.#at);
    this.#page.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #writeText(text: string): void {
    this.#reserve(4 + text.length * 3);
    const length = this.#page.write(text, this.#at + 4, 'utf8');
    this.#page.writeInt32BE(length, this.#at);
    this.#at += 4 + length;
  }

  #writeJson(vectors: readonly DuckDBVector[], row: number): void {
    const members = vectors.map((vector, i) => {
      const type = this.#types[i] as DuckDBType;
      if (!isValid(vector, row)) return `${this.#names[i]}null`;
      const value = vector instanceof DuckDBVarCharVector ? stringAt(vector, row) : vector.getItem(row);
      return `${this.#names[i]}${jsonText(value, type)}`;
    });
    this.#writeLine(`{${members.join(',')}}\n`);
  }

  #writeCsv(vectors: readonly DuckDBVector[], row: number): void {
    const cells = vectors.map((vector, i) => {
      if (!isValid(vector, row)) return '';
      if (vector instanceof DuckDBVarCharVector) return csvCell(stringAt(vector, row));
      const text = jsonText(vector.getItem(row), this.#types[i] as DuckDBType);
      return csvCell(text.startsWith('"') ? String(JSON.parse(text)) : text);
    });
    this.#writeLine(`${cells.join(',')}\r\n`);
  }

  #writeLine(line: string): void {
    this.#reserve(line.length * 3);
    this.#at += this.#page.write(line, this.#at, 'utf8');
  }

  #reserve(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed > this.#page.length) this.#page = this.#pages.withRoom(needed, this.#at);
  }
}

/** An empty text is quoted, so that it is not taken for null. */
function csvCell(text: string): string {
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
