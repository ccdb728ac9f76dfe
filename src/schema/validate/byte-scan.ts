/**
 * Scanning JSON in bytes without making values of it. A scan takes the place at which a token begins and gives the place behind
 * it, or UNSURE: then the exact way has to look.
 *
 * The bytes are known to be UTF-8, and to hold a line feed at or behind the end of the record. No token goes on over a line
 * feed, so no scan has to look where the bytes end.
 */
import { JSON_DEPTH_MAX } from '../json-reader.ts';

export type Scan = (bytes: Buffer, at: number) => number;

export const UNSURE = -1;

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const POINT = 0x2e;
export const ZERO = 0x30;
export const COLON = 0x3a;
export const OPEN_ARRAY = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_ARRAY = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;
const TAB = 0x09;
const RETURN = 0x0d;
const LETTER_E = 0x65;

/** Bytes that stand for themselves in a JSON string. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= SPACE && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);
/** Letters behind a backslash, but `u`: what it may come to is for the exact way. */
const ESCAPED = Uint8Array.from({ length: 256 }, (_, byte) =>
  '"\\/bfnrt'.includes(String.fromCharCode(byte)) ? 1 : 0,
);

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= 0x39;
}

/** Whether these bytes stand here. */
export function startsWith(bytes: Buffer, at: number, label: Buffer): boolean {
  for (let i = 0; i < label.length; i++) if (bytes[at + i] !== label[i]) return false;
  return true;
}

/** The next place that is not white space. */
export function skipBlank(bytes: Buffer, from: number): number {
  let at = from;
  let byte = bytes[at] as number;
  while (byte === SPACE || byte === TAB || byte === RETURN) byte = bytes[++at] as number;
  return at;
}

export function scanString(bytes: Buffer, at: number): number {
  if (bytes[at] !== QUOTE) return UNSURE;
  for (let i = at + 1; ; i++) {
    while (PLAIN[bytes[i] as number] === 1) i += 1;
    const byte = bytes[i];
    if (byte === QUOTE) return i + 1;
    if (byte !== BACKSLASH) return UNSURE;
    i += 1;
    if (ESCAPED[bytes[i] as number] !== 1) return UNSURE;
  }
}

/** As scanString, for strings that hold their text byte for byte. */
export function scanPlainString(bytes: Buffer, at: number): number {
  if (bytes[at] !== QUOTE) return UNSURE;
  let i = at + 1;
  while (PLAIN[bytes[i] as number] === 1) i += 1;
  return bytes[i] === QUOTE ? i + 1 : UNSURE;
}

/** Any number of JSON. */
function scanNumber(bytes: Buffer, from: number): number {
  let at = bytes[from] === MINUS ? from + 1 : from;
  if (bytes[at] === ZERO) at += 1;
  else at = scanDigits(bytes, at);
  if (at !== UNSURE && bytes[at] === POINT) at = scanDigits(bytes, at + 1);
  if (at === UNSURE || ((bytes[at] as number) | 0x20) !== LETTER_E) return at;
  const sign = bytes[at + 1];
  return scanDigits(bytes, sign === MINUS || sign === 0x2b ? at + 2 : at + 1);
}

/** One digit or more. */
function scanDigits(bytes: Buffer, from: number): number {
  let at = from;
  while (isDigit(bytes[at])) at += 1;
  return at === from ? UNSURE : at;
}

export function scanNull(bytes: Buffer, at: number): number {
  return bytes[at] === 0x6e && bytes[at + 1] === 0x75 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x6c
    ? at + 4
    : UNSURE;
}

export function scanBoolean(bytes: Buffer, at: number): number {
  if (bytes[at] === 0x74)
    return bytes[at + 1] === 0x72 && bytes[at + 2] === 0x75 && bytes[at + 3] === LETTER_E ? at + 4 : UNSURE;
  return bytes[at] === 0x66 &&
    bytes[at + 1] === 0x61 &&
    bytes[at + 2] === 0x6c &&
    bytes[at + 3] === 0x73 &&
    bytes[at + 4] === LETTER_E
    ? at + 5
    : UNSURE;
}

/** Any value without repeated names, within `depth` arrays and objects. */
export function scanAny(bytes: Buffer, at: number, depth: number): number {
  switch (bytes[at]) {
    case QUOTE:
      return scanString(bytes, at);
    case OPEN_OBJECT:
      return scanAnyObject(bytes, at, depth + 1);
    case OPEN_ARRAY:
      return scanList(bytes, at, CLOSE_ARRAY, depth + 1, (item) => scanAny(bytes, item, depth + 1));
    case 0x6e:
      return scanNull(bytes, at);
    case 0x74:
    case 0x66:
      return scanBoolean(bytes, at);
    default:
      return scanNumber(bytes, at);
  }
}

function scanAnyObject(bytes: Buffer, at: number, depth: number): number {
  const names = new Set<string>();
  return scanList(bytes, at, CLOSE_OBJECT, depth, (nameAt) => {
    const nameEnd = scanPlainString(bytes, nameAt);
    if (nameEnd === UNSURE) return UNSURE;
    const name = bytes.toString('latin1', nameAt, nameEnd);
    if (names.has(name)) return UNSURE;
    names.add(name);
    const colon = skipBlank(bytes, nameEnd);
    return bytes[colon] === COLON ? scanAny(bytes, skipBlank(bytes, colon + 1), depth) : UNSURE;
  });
}

/** What stands between brackets, parted by commas. */
function scanList(
  bytes: Buffer,
  open: number,
  close: number,
  depth: number,
  part: (at: number) => number,
): number {
  if (depth > JSON_DEPTH_MAX) return UNSURE;
  let at = skipBlank(bytes, open + 1);
  if (bytes[at] === close) return at + 1;
  for (;;) {
    at = part(at);
    if (at === UNSURE) return UNSURE;
    at = skipBlank(bytes, at);
    if (bytes[at] === close) return at + 1;
    if (bytes[at] !== COMMA) return UNSURE;
    at = skipBlank(bytes, at + 1);
  }
}
