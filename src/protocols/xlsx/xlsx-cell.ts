/**
 * What a cell of a workbook can hold without changing it. Excel keeps 15 digits of a number, counts days from 1900 with
 * a day too many before March of that year, and shows milliseconds: whatever does not fit is written as text.
 */

export type XlsxCell =
  | null
  | {
      readonly kind: 'text';
      readonly text: string /** Stays text when it is edited. */;
      readonly quoted: boolean;
    }
  /** `literal` is a decimal number that Excel holds exactly. */
  | { readonly kind: 'number'; readonly literal: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** `serial` counts days since 1899-12-30. */
  | { readonly kind: XlsxTimeKind; readonly serial: string };

export type XlsxTimeKind = 'date' | 'local-seconds' | 'local-millis' | 'utc-seconds' | 'utc-millis';

const NUMBER = /^-?(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d{1,6}))?$/;
const EXACT_DIGITS_MAX = 15;
/** Well within what a double can hold without losing digits. */
const EXPONENT_MAX = 290;

/** The first day that Excel counts as everybody does. */
const FIRST_DAY = '1900-03-01';
const EPOCH_SERIAL = 25_569;
const DAY_MS = 86_400_000;
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(Z?)$/;
const MILLIS_DIGITS = 3;

export function textCell(text: string, quoted = false): XlsxCell {
  return { kind: 'text', text, quoted };
}

/** A JSON number: as a number if it has at most 15 digits, else as text. `-0` is text, for Excel has none. */
export function numberCell(literal: string): XlsxCell {
  return isExact(literal) ? { kind: 'number', literal } : textCell(literal, literal.startsWith('-'));
}

/** `2001-01-31`. */
export function dateCell(text: string): XlsxCell {
  const days = serialDays(text);
  return days === undefined ? textCell(text) : { kind: 'date', serial: String(days) };
}

/** `2001-01-31T22:27:00.5` as wall clock, with `Z` as UTC. */
export function timestampCell(text: string): XlsxCell {
  const match = TIMESTAMP.exec(text);
  const days = match && serialDays(match[1] ?? '');
  const fraction = match?.[5] ?? '';
  if (!match || days === null || days === undefined || fraction.length > MILLIS_DIGITS) return textCell(text);
  const seconds = Number(match[2]) * 3_600 + Number(match[3]) * 60 + Number(match[4]);
  const millis = seconds * 1_000 + Number(fraction.padEnd(MILLIS_DIGITS, '0'));
  const zone = match[6] === 'Z' ? 'utc' : 'local';
  return {
    kind: `${zone}-${fraction === '' ? 'seconds' : 'millis'}`,
    serial: String(days + millis / DAY_MS),
  };
}

function isExact(literal: string): boolean {
  const match = NUMBER.exec(literal);
  if (!match) return false;
  const digits = `${match[1]}${match[2] ?? ''}`.replace(/^0+/, '');
  let significant = digits.length;
  while (digits[significant - 1] === '0') significant -= 1;
  if (significant === 0) return !literal.startsWith('-');
  const magnitude = Number(match[3] ?? '0') + digits.length - (match[2] ?? '').length;
  return significant <= EXACT_DIGITS_MAX && Math.abs(magnitude) <= EXPONENT_MAX;
}

function serialDays(date: string): number | undefined {
  if (date < FIRST_DAY) return undefined;
  const ms = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(ms) ? undefined : ms / DAY_MS + EPOCH_SERIAL;
}
