/**
 * Cells of COPY's text format as JSON, from bytes to bytes: a first copy has hundreds of millions of them, and most are texts and
 * numbers that need no JavaScript value in between. What is left goes by its text, as a change from the log does.
 */
import { unescapeCopy } from '../../protocols/postgres/copy-text.ts';
import { numberJson, textJson } from '../rows/row-json.ts';
import type { ToJson } from '../rows/row-shape.ts';
import type { LineBuffer } from './line-buffer.ts';
import { booleanJson, localTimeJson, zonedTimeJson } from './value-json.ts';

/**
 * Writes the cell that begins at `at`, and is not null; answers where it ends, which is at a tab or at `end`. There is room for
 * CELL_GROWTH_MAX bytes for each of its own.
 */
export type CellWriter = (row: Buffer, at: number, end: number, out: LineBuffer) => number;

/** A control character of one byte is six in JSON. */
export const CELL_GROWTH_MAX = 6;

const TAB = 0x09;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const LETTER_T = 0x74;
const HEX = Buffer.from('0123456789abcdef');
/** Escapes that COPY and JSON share. */
const SHARED_ESCAPES = Buffer.from('bfnrt\\');
/** `2001-01-31 22:27:00`: the space between day and time, and how long it is at least. */
const TIME_GAP = 10;
const TIME_LENGTH_MIN = 19;
/** `+00` */
const UTC_LENGTH = 3;

/** 1: stands in a JSON text as it is. */
const IS_PLAIN = new Uint8Array(256).fill(1, SPACE);
IS_PLAIN[QUOTE] = 0;
IS_PLAIN[BACKSLASH] = 0;
/** 1: is a part of a number's text. Servers print no other text of these alone. */
const IS_NUMERIC = new Uint8Array(256);
for (const byte of Buffer.from('0123456789+-.e')) IS_NUMERIC[byte] = 1;

const BY_BYTES = new Map<ToJson<string>, CellWriter>([
  [textJson, writeText],
  [numberJson, writeNumber],
  [booleanJson, writeBoolean],
  [localTimeJson, (row, at, end, out) => writeTime(row, at, end, out, false)],
  [zonedTimeJson, (row, at, end, out) => writeTime(row, at, end, out, true)],
]);

export function cellWriterOf(toJson: ToJson<string>): CellWriter {
  return BY_BYTES.get(toJson) ?? throughText(toJson);
}

/** The tab behind the cell that begins at `at`, or `end`. */
export function cellEnd(row: Buffer, at: number, end: number): number {
  let behind = at;
  while (behind < end && row[behind] !== TAB) behind += 1;
  return behind;
}

function throughText(toJson: ToJson<string>): CellWriter {
  return (row, at, end, out) => {
    const behind = cellEnd(row, at, end);
    out.text(toJson(unescapeCopy(row.toString('utf8', at, behind)) ?? ''));
    return behind;
  };
}

const numberText = throughText(numberJson);
const timeTexts = { local: throughText(localTimeJson), zoned: throughText(zonedTimeJson) };

function writeText(row: Buffer, at: number, end: number, out: LineBuffer): number {
  const { bytes } = out;
  let to = out.length;
  let from = at;
  bytes[to++] = QUOTE;
  for (; from < end; from++) {
    const byte = row[from] as number;
    if (IS_PLAIN[byte] === 1) bytes[to++] = byte;
    else if (byte === TAB) break;
    else if (byte === BACKSLASH) to = writeEscape(bytes, to, row[++from] as number);
    else to = writeSpecial(bytes, to, byte);
  }
  bytes[to++] = QUOTE;
  out.length = to;
  return from;
}

/** `letter` stands behind a backslash. */
function writeEscape(bytes: Buffer, to: number, letter: number): number {
  if (letter === 0x76) return writeSpecial(bytes, to, 0x0b);
  if (!SHARED_ESCAPES.includes(letter)) {
    if (IS_PLAIN[letter] !== 1) return writeSpecial(bytes, to, letter);
    bytes[to] = letter;
    return to + 1;
  }
  bytes[to] = BACKSLASH;
  bytes[to + 1] = letter;
  return to + 2;
}

/** A quote, or a control character. */
function writeSpecial(bytes: Buffer, to: number, byte: number): number {
  bytes[to] = BACKSLASH;
  if (byte === QUOTE) {
    bytes[to + 1] = QUOTE;
    return to + 2;
  }
  bytes.write('u00', to + 1, 'latin1');
  bytes[to + 4] = HEX[byte >> 4] as number;
  bytes[to + 5] = HEX[byte & 15] as number;
  return to + 6;
}

function writeNumber(row: Buffer, at: number, end: number, out: LineBuffer): number {
  const { bytes, length } = out;
  let to = length;
  for (let from = at; ; from++) {
    const byte = row[from] as number;
    if (from === end || byte === TAB) {
      out.length = to;
      return from;
    }
    if (IS_NUMERIC[byte] !== 1) return numberText(row, at, end, out);
    bytes[to++] = byte;
  }
}

function writeBoolean(row: Buffer, at: number, end: number, out: LineBuffer): number {
  out.length += out.bytes.write(row[at] === LETTER_T ? 'true' : 'false', out.length, 'latin1');
  return cellEnd(row, at, end);
}

/** What is not of the usual form (a year of five digits, before Christ, infinity) goes by its text. */
function writeTime(row: Buffer, at: number, end: number, out: LineBuffer, isZoned: boolean): number {
  const behind = cellEnd(row, at, end);
  const zone = isZoned ? UTC_LENGTH : 0;
  const digits = behind - zone;
  const isUsual =
    digits - at >= TIME_LENGTH_MIN &&
    row[at + TIME_GAP] === SPACE &&
    (!isZoned || isUtc(row, digits)) &&
    (row[digits - 1] as number) <= 0x39;
  if (!isUsual) return (isZoned ? timeTexts.zoned : timeTexts.local)(row, at, end, out);
  const { bytes, length } = out;
  bytes[length] = QUOTE;
  // Calls that copy or compare bytes cost more than a loop over so few.
  for (let i = 0; i < digits - at; i++) bytes[length + 1 + i] = row[at + i] as number;
  bytes[length + 1 + TIME_GAP] = 0x54;
  let to = length + 1 + digits - at;
  if (isZoned) bytes[to++] = 0x5a;
  bytes[to++] = QUOTE;
  out.length = to;
  return behind;
}

function isUtc(row: Buffer, at: number): boolean {
  return row[at] === 0x2b && row[at + 1] === 0x30 && row[at + 2] === 0x30;
}
