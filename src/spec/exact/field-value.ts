import { unreachable } from '../../base/assert.ts';
import { type Field, typeText } from '../../schema/field.ts';
import { shorten } from '../source/node.ts';
import { readDate, readTime, readTimestamp } from './calendar.ts';
import { compareExact, type ExactNumber, fitsDecimal, readExact } from './exact-number.ts';

/** A written value that was understood: one that has an order, or a text. */
export type FieldValue =
  | { readonly kind: 'ordered'; readonly number: ExactNumber }
  | { readonly kind: 'text'; readonly text: string };

const INTEGER = /^[-+]?\d+$/;
const INTEGER_MAX = 9_223_372_036_854_775_807n;
const INTEGER_MIN = -9_223_372_036_854_775_808n;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The value that a text means in a field of that type; undefined when it is none. */
export function readFieldValue(field: Field, text: string): FieldValue | undefined {
  switch (field.type) {
    case 'string':
      return { kind: 'text', text };
    case 'integer': {
      const value = INTEGER.test(text) && text.length < 30 ? BigInt(text.replace('+', '')) : undefined;
      return value !== undefined && value >= INTEGER_MIN && value <= INTEGER_MAX ? whole(value) : undefined;
    }
    case 'number': {
      const exact = Number.isFinite(Number(text)) ? readExact(text) : undefined;
      return exact && { kind: 'ordered', number: exact };
    }
    case 'decimal': {
      const exact = readExact(text);
      const fits = exact && fitsDecimal(exact, field.precision ?? 38, field.scale ?? 0);
      return exact && fits ? { kind: 'ordered', number: exact } : undefined;
    }
    case 'boolean':
      return text === 'true' || text === 'false' ? { kind: 'text', text } : undefined;
    case 'date':
      return whole(readDate(text));
    case 'time':
      return whole(readTime(text));
    case 'timestamp':
      return whole(readTimestamp(text, field.zone ?? 'utc'));
    case 'json':
      return isJson(text) ? { kind: 'text', text } : undefined;
    case 'bytes':
      return BASE64.test(text) ? { kind: 'text', text } : undefined;
    case 'object':
    case 'array':
      return undefined;
    default:
      return unreachable(field.type);
  }
}

function whole(value: bigint | undefined): FieldValue | undefined {
  return value === undefined ? undefined : { kind: 'ordered', number: { digits: value, scale: 0 } };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What a value of the field must look like, for `expected`. */
export function describeValues(field: Field): string {
  switch (field.type) {
    case 'integer':
      return 'an integer of 64 bits';
    case 'decimal':
      return `a number that ${typeText(field)} holds exactly`;
    case 'boolean':
      return 'true or false';
    case 'date':
      return 'a date such as 2001-01-31';
    case 'time':
      return 'a time such as 22:27:00';
    case 'timestamp':
      return field.zone === 'local'
        ? 'a local timestamp such as 2001-01-31T22:27:00'
        : 'a timestamp with its offset such as 2001-01-31T22:27:00Z';
    case 'json':
      return 'JSON as a quoted text';
    case 'bytes':
      return 'base64';
    case 'string':
      return 'a text';
    default:
      return `a value of the type ${typeText(field)}`;
  }
}

/** Whether two values are the same: 1.50 is 1.5. */
export function sameValue(a: FieldValue, b: FieldValue): boolean {
  if (a.kind === 'ordered' && b.kind === 'ordered') return compareExact(a.number, b.number) === 0;
  return a.kind === 'text' && b.kind === 'text' && a.text === b.text;
}

/** Negative, zero or positive; undefined when the values have no order. */
export function compareValues(a: FieldValue, b: FieldValue): number | undefined {
  return a.kind === 'ordered' && b.kind === 'ordered' ? compareExact(a.number, b.number) : undefined;
}

/** A value short enough for a message. */
export function quoteValue(text: string): string {
  return `"${shorten(text)}"`;
}
