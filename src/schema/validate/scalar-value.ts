/** Scalars: from a JSON value to its canonical text, and to how it stands in journal form. */
import type { Field } from '../field.ts';
import { typeText } from '../field.ts';
import { isJsonNumber, type JsonValue } from '../json-value.ts';
import {
  decimalText,
  doubleText,
  type ExactNumber,
  integerText,
  isWhole,
  parseNumber,
} from '../number-text.ts';
import { dateText, localTimestampText, timeText, utcTimestampText } from '../time-text.ts';
import { type Problem, quoted } from './constraints.ts';
import { textProblem } from './text-problem.ts';

/** Decimals with more digits than this would be rounded by the engine's JSON reader, so they stand as text. */
const SAFE_DIGITS = 15;
/** Decimals whose first digit stands further behind the point reach the engine as `1e-05`, which its decimals refuse. */
const ZEROS_BEHIND_POINT_MAX = 3;

/** What a scalar comes to: its canonical text, how it stands in journal form, or why it is none. */
export type Scalar = { readonly canonical: string; readonly journal: string } | Problem;

/** What `length` counts of a scalar. */
export function lengthOf(field: Field, text: string): number {
  if (field.type === 'bytes') return Buffer.byteLength(text, 'base64');
  let points = 0;
  for (const _ of text) points += 1;
  return points;
}

/** Gives undefined for a value of another type. */
export function scalarReader(field: Field): (value: JsonValue) => Scalar | undefined {
  switch (field.type) {
    case 'string':
      return (value) => (typeof value === 'string' ? (textProblem(value) ?? plain(value)) : undefined);
    case 'boolean':
      return (value) =>
        typeof value === 'boolean' ? { canonical: String(value), journal: String(value) } : undefined;
    case 'integer':
      return integerOf;
    case 'number':
      return numberOf;
    case 'decimal':
      return (value) => decimalOf(field, value);
    case 'date':
      return fromText(dateText);
    case 'time':
      return fromText(timeText);
    case 'timestamp':
      return fromText(field.zone === 'local' ? localTimestampText : utcTimestampText);
    default:
      return fromText((text) => (isBase64(text) ? text : undefined));
  }
}

function plain(text: string): Scalar {
  return { canonical: text, journal: JSON.stringify(text) };
}

function fromText(
  canonicalOf: (text: string) => string | undefined,
): (value: JsonValue) => Scalar | undefined {
  return (value) => {
    const canonical = typeof value === 'string' ? canonicalOf(value) : undefined;
    return canonical === undefined ? undefined : plain(canonical);
  };
}

/** With padding, without blanks, and with no bits set that no byte has: one text for one value. */
export function isBase64(text: string): boolean {
  return text.length % 4 === 0 && Buffer.from(text, 'base64').toString('base64') === text;
}

function integerOf(value: JsonValue): Scalar | undefined {
  const exact = exactNumber(value);
  if (!exact || !isWhole(exact)) return undefined;
  const canonical = integerText(exact);
  if (canonical !== undefined) return { canonical, journal: canonical };
  return {
    code: 'NUMBER_NOT_EXACT',
    message: `${quoted(literal(value))} does not fit 64 bits; declare the field as decimal(38,0).`,
  };
}

function numberOf(value: JsonValue): Scalar | undefined {
  if (!isJsonNumber(value)) return undefined;
  const canonical = doubleText(value.number);
  if (canonical !== undefined) return { canonical, journal: canonical };
  return {
    code: 'NUMBER_NOT_EXACT',
    message: `${quoted(value.number)} would be rounded by a double; declare the field as decimal(p,s).`,
  };
}

function decimalOf(field: Field, value: JsonValue): Scalar | undefined {
  const text = typeof value === 'string' ? value : literal(value);
  const exact = parseNumber(text);
  if (!exact) return undefined;
  const canonical = decimalText(exact, field.precision ?? 38, field.scale ?? 0);
  if (canonical === undefined)
    return {
      code: 'NUMBER_NOT_EXACT',
      message: `${quoted(text)} does not fit ${typeText(field)}; nothing is rounded.`,
    };
  return { canonical, journal: mayStandAsNumber(exact) ? canonical : JSON.stringify(canonical) };
}

function mayStandAsNumber({ digits, exponent }: ExactNumber): boolean {
  const before = digits.length + exponent;
  return digits.length <= SAFE_DIGITS && before <= SAFE_DIGITS && before >= -ZEROS_BEHIND_POINT_MAX;
}

function exactNumber(value: JsonValue) {
  return isJsonNumber(value) ? parseNumber(value.number) : undefined;
}

function literal(value: JsonValue): string {
  return isJsonNumber(value) ? value.number : '';
}
