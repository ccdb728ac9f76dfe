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
import { pgBinary } from './pg-binary.ts';
import { pgText } from './pg-text.ts';
import { isValid, stringAt, stringBytes } from './vector-access.ts';

const DATA_ROW = 'D'.charCodeAt(0);
const FIRST_BYTES = 64 * 1024;

export interface PageWriter {
  /** Written since the last page was taken. */
  readonly bytes: number;
  /** Writes up to `count` rows from `from` on, until the page has `bytesMax`; returns how many. */
  write(chunk: DuckDBDataChunk, from: number, count: number, bytesMax: number): number;
  /** What was written since the last time; it is the caller's. */
  take(isLast: boolean): Uint8Array;
}

export type LineFormat = Exclude<RowFormat, { readonly kind: 'arrow' } | { readonly kind: 'parquet' }>;

export class RowWriter implements PageWriter {
  readonly #names: readonly string[];
  readonly #types: readonly DuckDBType[];
  readonly #format: LineFormat;
  #page = Buffer.allocUnsafe(FIRST_BYTES);
  #at = 0;

  constructor(names: readonly string[], types: readonly DuckDBType[], format: LineFormat) {
    this.#names = names.map((name) => `${JSON.stringify(name)}:`);
    this.#types = types;
    this.#format = format;
  }

  get bytes(): number {
    return this.#at;
  }

  write(chunk: DuckDBDataChunk, from: number, count: number, bytesMax: number): number {
    const vectors = this.#types.map((_, i) => present(chunk.getColumnVector(i), 'each column has a vector'));
    let written = 0;
    while (written < count && this.#at < bytesMax) {
      if (this.#format.kind === 'json') this.#writeJson(vectors, from + written);
      else if (this.#format.kind === 'csv') this.#writeCsv(vectors, from + written);
      else this.#writeCells(vectors, from + written, this.#format.binary);
      written += 1;
    }
    return written;
  }

  take(): Uint8Array {
    const page = this.#page.subarray(0, this.#at);
    this.#page = Buffer.allocUnsafe(Math.max(FIRST_BYTES, Math.min(this.#at, 1 << 20)));
    this.#at = 0;
    return page;
  }

  #writeCells(vectors: readonly DuckDBVector[], row: number, binary: readonly boolean[]): void {
    const start = this.#at;
    this.#reserve(7);
    this.#page[start] = DATA_ROW;
    this.#page.writeUInt16BE(vectors.length, start + 5);
    this.#at = start + 7;
    for (let i = 0; i < vectors.length; i++)
      this.#writeCell(vectors[i] as DuckDBVector, i, row, binary[i] === true);
    this.#page.writeInt32BE(this.#at - start - 1, start + 1);
  }

  #writeCell(vector: DuckDBVector, column: number, row: number, binary: boolean): void {
    if (!isValid(vector, row)) {
      this.#reserve(4);
      this.#at = this.#page.writeInt32BE(-1, this.#at);
    } else if (vector instanceof DuckDBVarCharVector) this.#writeSized(stringBytes(vector, row));
    else {
      const type = this.#types[column] as DuckDBType;
      const value = vector.getItem(row);
      if (binary) this.#writeSized(pgBinary(value, type));
      else this.#writeText(pgText(value, type));
    }
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
    if (this.#at + bytes <= this.#page.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#at + bytes, this.#page.length * 2));
    this.#page.copy(grown, 0, 0, this.#at);
    this.#page = grown;
  }
}

/** An empty text is quoted, so that it is not taken for null. */
function csvCell(text: string): string {
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
