/**
 * One look at a record's bytes, to tell whether the quick way may be taken: plain JSON whose numbers a double holds, and whose
 * names can be counted. Anything else goes the exact way, which gives the reasons.
 */
import { JSON_DEPTH_MAX } from '../json-reader.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const LETTER_U = 0x75;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const POINT = 0x2e;
/** A double holds every number of so many digits. */
const SAFE_DIGITS = 15;

/** The number of members in all objects of the record, or -1 when it must go the exact way. */
export function scanRecord(bytes: Uint8Array, start: number, end: number): number {
  let members = 0;
  let depth = 0;
  let at = start;
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      at = stringEnd(bytes, at + 1, end);
      if (at < 0) return -1;
    } else if (byte === COLON) members += 1;
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > JSON_DEPTH_MAX) return -1;
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
    else if (byte === MINUS || (byte >= ZERO && byte <= NINE)) {
      at = numberEnd(bytes, at, end);
      if (at < 0) return -1;
      continue;
    }
    at += 1;
  }
  return members;
}

/** The place of the closing quote; -1 when there is none, or an escape by code stands before it. */
function stringEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) {
      at += 1;
      if (bytes[at] === LETTER_U) return -1;
    }
  }
  return -1;
}

/** The place behind a number; -1 when it has an exponent, more digits than a double holds, or is minus zero. */
function numberEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  let digits = 0;
  let significant = false;
  for (; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte >= ZERO && byte <= NINE) {
      digits += 1;
      if (byte !== ZERO) significant = true;
    } else if (byte === 0x65 || byte === 0x45) return -1;
    else if (byte !== POINT && byte !== MINUS) break;
  }
  if (digits > SAFE_DIGITS || (!significant && bytes[start] === MINUS)) return -1;
  return at;
}
