/** Numbers as text, exactly: no value here ever passes through a sum or product of JavaScript numbers. */

/** `-12.50` is `{ negative: true, digits: '125', exponent: -1 }`: the value is digits x 10^exponent. */
export interface ExactNumber {
  readonly negative: boolean;
  /** Without leading and trailing zeros; empty for zero. */
  readonly digits: string;
  /** 0 for zero. */
  readonly exponent: number;
}

const NUMBER = /^([-+]?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))(?:[eE]([-+]?[0-9]+))?$/;

/** Digits of the largest 64-bit integer. */
const INTEGER_DIGITS_MAX = 19;
const INTEGER_MIN = -(2n ** 63n);
const INTEGER_MAX = 2n ** 63n - 1n;
/** The most digits that a decimal may have. */
export const DECIMAL_DIGITS_MAX = 38;

/** Any usual writing of a number: JSON's, and also `+1`, `.5`, `1.`, `007`. Undefined for other text. */
export function parseNumber(text: string): ExactNumber | undefined {
  const match = NUMBER.exec(text);
  if (!match) return undefined;
  const fraction = match[3] ?? match[4] ?? '';
  const all = `${match[2] ?? ''}${fraction}`.replace(/^0+/, '');
  const digits = withoutTrailingZeros(all);
  const negative = match[1] === '-';
  if (digits === '') return { negative, digits, exponent: 0 };
  const exponent = Number(match[5] ?? '0') - fraction.length + all.length - digits.length;
  return { negative, digits, exponent };
}

/** A loop, because `/0+$/` takes quadratic time on long runs of zeros. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}

export function isZero(value: ExactNumber): boolean {
  return value.digits === '';
}

export function isWhole(value: ExactNumber): boolean {
  return value.exponent >= 0;
}

/** How many digits stand before the point (at least 1) and after it, written out in full. */
export function digitCounts(value: ExactNumber): { readonly before: number; readonly after: number } {
  const before = Math.max(1, value.digits.length + value.exponent);
  return { before, after: Math.max(0, -value.exponent) };
}

/** The canonical text of a 64-bit integer: `-12`; undefined when it is none. Zero has no sign. */
export function integerText(value: ExactNumber): string | undefined {
  if (!isWhole(value) || digitCounts(value).before > INTEGER_DIGITS_MAX) return undefined;
  const integer = BigInt(`${value.digits || '0'}${'0'.repeat(value.exponent)}`) * (value.negative ? -1n : 1n);
  return integer < INTEGER_MIN || integer > INTEGER_MAX ? undefined : String(integer);
}

/** Digits that a 64-bit integer has in any case, as a text that is canonical already. */
const PLAIN_INTEGER = /^(?:0|-?[1-9][0-9]{0,17})$/;

/** The canonical text of a 64-bit integer that is written in any way: `-12` of `-1.2e1`; undefined when it is none. */
export function canonicalInteger(text: string): string | undefined {
  if (PLAIN_INTEGER.test(text)) return text;
  const value = parseNumber(text);
  return value && integerText(value);
}

/**
 * The shortest text of the double that is equal to the value: `0.1`, `-0.0`, `1e+21`. Undefined when no double is,
 * in the sense that its shortest text has another value (`0.1234567890123456789`, `1e400`).
 */
export function doubleText(text: string): string | undefined {
  const value = parseNumber(text);
  if (!value) return undefined;
  if (isZero(value)) return value.negative ? '-0.0' : '0';
  const shortest = String(Number(text));
  const held = parseNumber(shortest);
  return held && held.digits === value.digits && held.exponent === value.exponent ? shortest : undefined;
}

/**
 * The canonical text of a decimal with `scale` digits after the point: `12.50`. Undefined when the value has more digits
 * than `precision` and `scale` leave room for; nothing is ever rounded. Zero has no sign.
 */
export function decimalText(value: ExactNumber, precision: number, scale: number): string | undefined {
  if (isZero(value)) return scale === 0 ? '0' : `0.${'0'.repeat(scale)}`;
  const { before, after } = digitCounts(value);
  const wholeDigits = value.digits.length + value.exponent;
  if (after > scale || (wholeDigits > 0 && before > precision - scale)) return undefined;
  const scaled = (value.digits + '0'.repeat(value.exponent + scale)).padStart(scale + 1, '0');
  const point = scaled.length - scale;
  const sign = value.negative ? '-' : '';
  return scale === 0 ? sign + scaled : `${sign}${scaled.slice(0, point)}.${scaled.slice(point)}`;
}

/** Below 0, 0 or above 0 as `a` is less than, equal to or more than `b`. */
export function compareNumbers(a: ExactNumber, b: ExactNumber): number {
  const [signA, signB] = [signOf(a), signOf(b)];
  if (signA !== signB || signA === 0) return signA - signB;
  return signA * compareMagnitudes(a, b);
}

function signOf(value: ExactNumber): number {
  return isZero(value) ? 0 : value.negative ? -1 : 1;
}

function compareMagnitudes(a: ExactNumber, b: ExactNumber): number {
  const places = a.digits.length + a.exponent - (b.digits.length + b.exponent);
  if (places !== 0) return places;
  const length = Math.max(a.digits.length, b.digits.length);
  const [x, y] = [a.digits.padEnd(length, '0'), b.digits.padEnd(length, '0')];
  return x < y ? -1 : x > y ? 1 : 0;
}
