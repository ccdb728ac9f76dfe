/**
 * Cells of the types that most tables are made of, written as Postgres' texts from the engine's numbers right into a page: no value
 * of JavaScript is made of any of them. What does not fit is left to `pgText`.
 */
import {
  DuckDBBigIntVector,
  DuckDBDateVector,
  DuckDBIntegerVector,
  DuckDBSmallIntVector,
  DuckDBTimestampTZVector,
  DuckDBTimestampVector,
  DuckDBTinyIntVector,
  DuckDBVarCharVector,
  type DuckDBVector,
} from '@duckdb/node-api';
import { dateText } from './time-texts.ts';
import { bytesOf, itemsOf, SHORT_STRING_BYTES, shortStringAt, stringLength } from './vector-access.ts';

/** Bytes that a cell takes at most, its length included. */
export const TEXT_CELL_BYTES = 48;

/** Writes the cell of a row that is not null behind its length, and gives where it ends; 0 for what it leaves to `pgText`. */
export type TextCells = (row: number, page: Uint8Array, at: number) => number;

const ZERO = 0x30;
const TWO_TO_32 = 2 ** 32;
const DAY_US = 86_400_000_000;
const DIGITS_MAX = 16;

/** Undefined for a type that has no such writer. */
export function textCells(vector: DuckDBVector): TextCells | undefined {
  if (vector instanceof DuckDBBigIntVector) return bigintCells(vector);
  if (
    vector instanceof DuckDBIntegerVector ||
    vector instanceof DuckDBSmallIntVector ||
    vector instanceof DuckDBTinyIntVector
  ) {
    const items = itemsOf(vector);
    return (row, page, at) => sized(page, at, writeInteger(Number(items[row]), page, at + 4));
  }
  if (vector instanceof DuckDBVarCharVector) return shortTextCells(vector);
  if (vector instanceof DuckDBDateVector) return dateCells(vector);
  if (vector instanceof DuckDBTimestampVector) return timestampCells(vector, '');
  if (vector instanceof DuckDBTimestampTZVector) return timestampCells(vector, '+00');
  return undefined;
}

/** 64-bit numbers that a double holds exactly, by their row; NaN for others. */
function exactNumbers(vector: DuckDBVector): (row: number) => number {
  const { buffer, byteOffset, length } = itemsOf(vector);
  const halves = new Int32Array(buffer, byteOffset, length * 2);
  return (row) => {
    const low = halves[row * 2] ?? 0;
    const high = halves[row * 2 + 1] ?? 0;
    if (high === low >> 31) return low;
    if (high >= 0x20_0000 || high < -0x20_0000) return Number.NaN;
    return high * TWO_TO_32 + (low >>> 0);
  };
}

function bigintCells(vector: DuckDBVector): TextCells {
  const numbers = exactNumbers(vector);
  return (row, page, at) => {
    const value = numbers(row);
    return Number.isNaN(value) ? 0 : sized(page, at, writeInteger(value, page, at + 4));
  };
}

/** Longer texts stand elsewhere in memory. */
function shortTextCells(vector: DuckDBVector): TextCells {
  const slots = bytesOf(vector);
  const bytes = new Uint8Array(slots.buffer, slots.byteOffset, slots.byteLength);
  return (row, page, at) => {
    const length = stringLength(slots, row);
    if (length > SHORT_STRING_BYTES) return 0;
    const from = shortStringAt(row);
    for (let i = 0; i < length; i++) page[at + 4 + i] = bytes[from + i] ?? 0;
    return sized(page, at, at + 4 + length);
  };
}

function dateCells(vector: DuckDBVector): TextCells {
  const days = itemsOf(vector);
  const writeDay = dayWriter();
  return (row, page, at) => {
    const end = writeDay(Number(days[row]), page, at + 4);
    return end === 0 ? 0 : sized(page, at, end);
  };
}

function timestampCells(vector: DuckDBVector, zone: string): TextCells {
  const micros = exactNumbers(vector);
  const writeDay = dayWriter();
  return (row, page, at) => {
    const value = micros(row);
    if (Number.isNaN(value)) return 0;
    const day = Math.floor(value / DAY_US);
    let end = writeDay(day, page, at + 4);
    if (end === 0) return 0;
    page[end++] = 0x20;
    end = writeTime(value - day * DAY_US, page, end);
    for (let i = 0; i < zone.length; i++) page[end++] = zone.charCodeAt(i);
    return sized(page, at, end);
  };
}

/** Neighbours are often of the same day, whose text is then made once; gives 0 for years that have another form. */
function dayWriter(): (day: number, page: Uint8Array, at: number) => number {
  let last = Number.NaN;
  let text: Uint8Array | undefined;
  return (day, page, at) => {
    if (day !== last) {
      const made = dateText(day);
      text = made === undefined ? undefined : Buffer.from(made, 'latin1');
      last = day;
    }
    if (!text) return 0;
    for (let i = 0; i < text.length; i++) page[at + i] = text[i] ?? 0;
    return at + text.length;
  };
}

/** `22:27:00`, and a fraction without zeros at its end, of microseconds since midnight; as `timeText`. */
function writeTime(micros: number, page: Uint8Array, at: number): number {
  const seconds = Math.floor(micros / 1_000_000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  writeTwo(hours, page, at);
  page[at + 2] = 0x3a;
  writeTwo(minutes - hours * 60, page, at + 3);
  page[at + 5] = 0x3a;
  writeTwo(seconds - minutes * 60, page, at + 6);
  const fraction = micros - seconds * 1_000_000;
  if (fraction === 0) return at + 8;
  page[at + 8] = 0x2e;
  let rest = fraction;
  for (let i = 14; i > 8; i--) {
    page[at + i] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  let end = at + 15;
  while (page[end - 1] === ZERO) end -= 1;
  return end;
}

function writeTwo(value: number, page: Uint8Array, at: number): void {
  const tens = (value / 10) | 0;
  page[at] = ZERO + tens;
  page[at + 1] = ZERO + value - tens * 10;
}

const digits = new Uint8Array(DIGITS_MAX);

/** A whole number that a double holds exactly. */
function writeInteger(value: number, page: Uint8Array, start: number): number {
  let at = start;
  let rest = value;
  if (rest < 0) {
    page[at++] = 0x2d;
    rest = -rest;
  }
  let count = 0;
  // Division of what fits 32 bits is several times as fast.
  while (rest > 0x7fff_ffff) {
    const tenth = Math.floor(rest / 10);
    digits[count++] = rest - tenth * 10;
    rest = tenth;
  }
  do {
    const tenth = (rest / 10) | 0;
    digits[count++] = rest - tenth * 10;
    rest = tenth;
  } while (rest > 0);
  while (count > 0) page[at++] = ZERO + (digits[--count] ?? 0);
  return at;
}

/** Puts the length before the cell that stands from `at + 4` to `end`. */
function sized(page: Uint8Array, at: number, end: number): number {
  // A cell of this kind is shorter than 256 bytes.
  page[at] = 0;
  page[at + 1] = 0;
  page[at + 2] = 0;
  page[at + 3] = end - at - 4;
  return end;
}
