/** Quick scans of numbers: plain literals of so few digits that a double holds them. */
import type { Field } from '../field.ts';
import { isDigit, MINUS, POINT, type Scan, UNSURE, ZERO } from './byte-scan.ts';

/** A double holds every number of so many digits, and its shortest text has no others. */
const DIGITS_MAX = 15;
/** A fraction with more zeros behind the point reaches the engine as `1e-05`, which its decimals refuse. */
const ZEROS_BEHIND_POINT_MAX = 3;

const POWERS = Array.from({ length: DIGITS_MAX + 1 }, (_, power) => 10 ** power);

type Accepts = (value: number) => boolean;

/** Undefined when the constraints are such that only the exact way can tell. */
export function compileQuickNumber(field: Field): Scan | undefined {
  const accepts = constraintOf(field);
  if (!accepts) return undefined;
  if (field.type === 'integer') return integerScan(accepts);
  if (field.type === 'number') return fractionScan(DIGITS_MAX, DIGITS_MAX, DIGITS_MAX, accepts);
  const scale = field.scale ?? 0;
  return fractionScan((field.precision ?? 38) - scale, scale, ZEROS_BEHIND_POINT_MAX, accepts);
}

/** Digits without exponent, of any length when whole: compared with 15 digits they order as their doubles do. */
const SAFE_TEXT = /^-?(?:(?:0|[1-9][0-9]*)|(?=[0-9.]{1,15}$)(?:0|[1-9][0-9]*)\.[0-9]+)$/;
/** A member of `enum` must be held exactly. */
const SAFE_MEMBER = /^-?(?=[0-9.]{1,15}$)(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;

function constraintOf({ min, max, enum: listed }: Field): Accepts | undefined {
  if ([min, max].some((bound) => bound !== undefined && !SAFE_TEXT.test(bound))) return undefined;
  const low = min === undefined ? Number.NEGATIVE_INFINITY : Number(min);
  const high = max === undefined ? Number.POSITIVE_INFINITY : Number(max);
  if (!listed) return (value) => value >= low && value <= high;
  if (!listed.every((member) => SAFE_MEMBER.test(member))) return undefined;
  const members = new Set(listed.map(Number));
  return (value) => members.has(value) && value >= low && value <= high;
}

function integerScan(accepts: Accepts): Scan {
  return (bytes, from) => {
    const negative = bytes[from] === MINUS;
    const first = negative ? from + 1 : from;
    let at = first;
    let value = 0;
    for (let byte = bytes[at] as number; isDigit(byte); byte = bytes[++at] as number)
      value = value * 10 + (byte - ZERO);
    if (at === first || at - first > DIGITS_MAX || goesOn(bytes[at])) return UNSURE;
    // No sign on zero, and no zero before other digits.
    if (bytes[first] === ZERO && (negative || at - first > 1)) return UNSURE;
    return accepts(negative ? -value : value) ? at : UNSURE;
  };
}

function goesOn(byte: number | undefined): boolean {
  return byte === POINT || byte === 0x65 || byte === 0x45;
}

/** `wholeMax` digits before the point, without a leading zero; `fractionMax` behind it, of which `zerosMax` zeros may come first. */
function fractionScan(wholeMax: number, fractionMax: number, zerosMax: number, accepts: Accepts): Scan {
  return (bytes, from) => {
    const negative = bytes[from] === MINUS;
    const first = negative ? from + 1 : from;
    let at = first;
    let digits = 0;
    for (let byte = bytes[at] as number; isDigit(byte); byte = bytes[++at] as number)
      digits = digits * 10 + (byte - ZERO);
    const whole = at - first;
    if (whole === 0 || (bytes[first] === ZERO ? whole > 1 : whole > wholeMax)) return UNSURE;
    let fraction = 0;
    let zeros = 0;
    if (bytes[at] === POINT) {
      const point = at;
      for (let byte = bytes[++at] as number; isDigit(byte); byte = bytes[++at] as number) {
        digits = digits * 10 + (byte - ZERO);
        if (digits === 0) zeros += 1;
      }
      fraction = at - point - 1;
      if (fraction === 0 || fraction > fractionMax || (zeros > zerosMax && digits > 0)) return UNSURE;
    }
    if (whole + fraction > DIGITS_MAX || goesOn(bytes[at]) || (negative && digits === 0)) return UNSURE;
    const value = digits / (POWERS[fraction] as number);
    return accepts(negative ? -value : value) ? at : UNSURE;
  };
}
