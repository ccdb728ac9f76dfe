/** Numbers as they are written, compared without ever becoming a JavaScript number. */

/** `digits` times ten to the power of `-scale`. */
export interface ExactNumber {
  readonly digits: bigint;
  readonly scale: number;
}

const NUMBER = /^[-+]?(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d{1,4}))?$/;
/** A double reaches neither beyond 1e309 nor below 1e-324; larger exponents are refused, not computed. */
const EXPONENT_MAX = 400;
const DIGITS_MAX = 1_000;

/** The number that a text means; undefined when it is none, or far outside of what any type holds. */
export function readExact(text: string): ExactNumber | undefined {
  const match = NUMBER.exec(text);
  if (!match || text.length > DIGITS_MAX) return undefined;
  const [whole = '', fraction = ''] = [match[1], match[2]];
  if (whole === '' && fraction === '') return undefined;
  const exponent = Number(match[3] ?? 0);
  if (Math.abs(exponent) > EXPONENT_MAX) return undefined;
  const digits = BigInt(whole + fraction) * (text.startsWith('-') ? -1n : 1n);
  return { digits, scale: fraction.length - exponent };
}

/** Negative, zero or positive, as a is below, equal to or above b. */
export function compareExact(a: ExactNumber, b: ExactNumber): number {
  const scale = Math.max(a.scale, b.scale, 0);
  const left = a.digits * 10n ** BigInt(scale - a.scale);
  const right = b.digits * 10n ** BigInt(scale - b.scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Without zeros at the end of the fraction. */
export function trimExact(number: ExactNumber): ExactNumber {
  let { digits, scale } = number;
  while (scale > 0 && digits % 10n === 0n) {
    digits /= 10n;
    scale -= 1;
  }
  return { digits, scale };
}

/** Whether the number is exactly representable with `precision` digits, `scale` of them after the point. */
export function fitsDecimal(number: ExactNumber, precision: number, scale: number): boolean {
  const exact = trimExact(number);
  if (exact.scale > scale) return false;
  const whole = exact.digits * 10n ** BigInt(scale - exact.scale);
  return whole.toString().replace('-', '').length <= precision;
}
