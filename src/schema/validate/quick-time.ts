/** Quick scans of dates, times and timestamps that stand in their canonical writing. */
import type { Field } from '../field.ts';
import { FRACTION_DIGITS_MAX } from '../time-text.ts';
import { isDigit, POINT, QUOTE, type Scan, UNSURE, ZERO } from './byte-scan.ts';

const DASH = 0x2d;
const COLON = 0x3a;
const LETTER_T = 0x54;
const LETTER_Z = 0x5a;
const DATE_LENGTH = 10;
const TIME_LENGTH = 8;
const NO_NUMBER = -1;

/** From the opening quote to behind the closing one. */
export function compileQuickTime(field: Field): Scan {
  if (field.type === 'date') return (bytes, at) => closed(bytes, dateEnd(bytes, opened(bytes, at)));
  if (field.type === 'time') return (bytes, at) => closed(bytes, timeEnd(bytes, opened(bytes, at)));
  if (field.zone === 'local') return (bytes, at) => closed(bytes, wallClockEnd(bytes, opened(bytes, at)));
  return (bytes, at) => {
    const end = wallClockEnd(bytes, opened(bytes, at));
    return end !== UNSURE && bytes[end] === LETTER_Z ? closed(bytes, end + 1) : UNSURE;
  };
}

function opened(bytes: Buffer, at: number): number {
  return bytes[at] === QUOTE ? at + 1 : UNSURE;
}

function closed(bytes: Buffer, at: number): number {
  return at !== UNSURE && bytes[at] === QUOTE ? at + 1 : UNSURE;
}

function wallClockEnd(bytes: Buffer, at: number): number {
  const end = dateEnd(bytes, at);
  return end !== UNSURE && bytes[end] === LETTER_T ? timeEnd(bytes, end + 1) : UNSURE;
}

function dateEnd(bytes: Buffer, at: number): number {
  if (at === UNSURE || bytes[at + 4] !== DASH || bytes[at + 7] !== DASH) return UNSURE;
  const [century, rest] = [twoDigits(bytes, at), twoDigits(bytes, at + 2)];
  const [month, day] = [twoDigits(bytes, at + 5), twoDigits(bytes, at + 8)];
  if (century < 0 || rest < 0 || century + rest === 0 || month < 1 || month > 12 || day < 1) return UNSURE;
  return day <= 28 || day <= daysOf(century * 100 + rest, month) ? at + DATE_LENGTH : UNSURE;
}

function daysOf(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
}

function timeEnd(bytes: Buffer, at: number): number {
  if (at === UNSURE || bytes[at + 2] !== COLON || bytes[at + 5] !== COLON) return UNSURE;
  const [hour, minute, second] = [twoDigits(bytes, at), twoDigits(bytes, at + 3), twoDigits(bytes, at + 6)];
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return UNSURE;
  const point = at + TIME_LENGTH;
  if (bytes[point] !== POINT) return point;
  let end = point + 1;
  while (isDigit(bytes[end])) end += 1;
  const digits = end - point - 1;
  return digits > 0 && digits <= FRACTION_DIGITS_MAX && bytes[end - 1] !== ZERO ? end : UNSURE;
}

function twoDigits(bytes: Buffer, at: number): number {
  const [tens, ones] = [bytes[at] as number, bytes[at + 1] as number];
  return isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + (ones - ZERO) : NO_NUMBER;
}
