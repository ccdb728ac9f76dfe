/** The order in which the engine sorts values that are not null, told from their canonical texts. */
import type { Field } from './field.ts';
import { compareNumbers, parseNumber } from './number-text.ts';

const SURROGATE_FIRST = 0xd800;
const SURROGATE_LAST = 0xdfff;

export type TextOrder = (a: string, b: string) => number;

/** Below 0 when `a` comes first. Of fields that may be in a key: no number, list or structure. */
export function textOrder({ type }: Field): TextOrder {
  switch (type) {
    case 'integer':
      return compareIntegers;
    case 'decimal':
      return compareDecimals;
    case 'bytes':
      return (a, b) => Buffer.compare(Buffer.from(a, 'base64'), Buffer.from(b, 'base64'));
    case 'timestamp':
      // A fraction of a second comes after none.
      return (a, b) => compareCodePoints(a.replace('Z', ''), b.replace('Z', ''));
    default:
      return compareCodePoints;
  }
}

function compareIntegers(a: string, b: string): number {
  const isNegative = a.startsWith('-');
  if (isNegative !== b.startsWith('-')) return isNegative ? -1 : 1;
  const larger = a.length - b.length || compareCodePoints(a, b);
  return isNegative ? -larger : larger;
}

function compareDecimals(a: string, b: string): number {
  const [x, y] = [parseNumber(a), parseNumber(b)];
  return x && y ? compareNumbers(x, y) : 0;
}

/** As bytes of UTF-8 sort. In UTF-16, characters beyond the first 65,536 come before some of these. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  return unit >= SURROGATE_FIRST && unit <= SURROGATE_LAST ? unit + 0x10000 : unit;
}
