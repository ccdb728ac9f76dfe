/**
 * The text form of values: how a value stands in a URL's filter or key, and in keyset paging.
 *
 * Every value has exactly one canonical text, so equal values have equal texts: numbers as digits (decimals with all digits
 * of their scale), dates and timestamps as in the JSON form, text as it is, bytes as base64, objects and arrays as compact
 * JSON with the members in the order of the fields.
 */
import { present, unreachable } from '../base/assert.ts';
import { codeOf, WharfError } from '../base/errors.ts';
import './errors.ts';
import type { Field } from './field.ts';
import { typeText } from './field.ts';
import { readJson } from './json-reader.ts';
import {
  isJsonArray,
  isJsonNumber,
  isJsonObject,
  type JsonValue,
  jsonKind,
  memberOf,
  writeJson,
} from './json-value.ts';
import { canonicalInteger, decimalText, doubleText, parseNumber } from './number-text.ts';
import { sqlName, sqlText, sqlType } from './sql-type.ts';
import { dateText, localTimestampText, timeText, utcTimestampText } from './time-text.ts';

export type TextCheck =
  | { readonly ok: true; readonly text: string }
  /** `expected` completes the sentence "Expected ...". */
  | { readonly ok: false; readonly expected: string };

/** The canonical text of a value given as plain text. Constraints of the field are not looked at. */
export function checkText(field: Field, text: string): TextCheck {
  const canonical = canonicalText(field, text);
  return canonical === undefined
    ? { ok: false, expected: expectedText(field) }
    : { ok: true, text: canonical };
}

/** The value as an SQL literal of the field's type. Throws TEXT_FORM_INVALID when the text is not one of the field. */
export function textSql(field: Field, text: string): string {
  const canonical = canonicalText(field, text);
  if (canonical === undefined) throw invalid(field, text);
  return literalSql(field, canonical);
}

/**
 * The text form of a value as it stands in a document in JSON form; null for null. The text of a `json` value comes out
 * compact. Decimals may also be JSON strings, as in journal form.
 * Throws TEXT_FORM_INVALID for a value that is not one of the field.
 */
export function valueText(field: Field, value: JsonValue): string | null {
  if (value === null) return null;
  const text = canonicalText(field, plainText(field, value));
  if (text === undefined) throw invalid(field, plainText(field, value));
  return text;
}

/** The texts of several fields of a document, given as its JSON text: of a row's key, or of what rows are ordered by. */
export function valueTexts(fields: readonly Field[], documentText: string): (string | null)[] {
  const document = readJson(documentText);
  if (!isJsonObject(document)) {
    throw new WharfError('TEXT_FORM_INVALID', `Expected a document, received ${jsonKind(document)}.`);
  }
  return fields.map((field) => valueText(field, memberOf(document, field.name) ?? null));
}

function canonicalText(field: Field, text: string): string | undefined {
  switch (field.type) {
    case 'string':
      return isStorableText(text) ? text : undefined;
    case 'integer':
      return canonicalInteger(text);
    case 'decimal': {
      const value = parseNumber(text);
      return value && decimalText(value, field.precision ?? 38, field.scale ?? 0);
    }
    case 'number':
      return doubleText(text);
    case 'boolean':
      return text === 'true' || text === 'false' ? text : undefined;
    case 'date':
      return dateText(text);
    case 'time':
      return timeText(text);
    case 'timestamp':
      return field.zone === 'local' ? localTimestampText(text) : utcTimestampText(text);
    case 'bytes':
      return Buffer.from(text, 'base64').toString('base64') === text ? text : undefined;
    case 'json':
      return isStorableText(text) && parsed(text) !== undefined ? text : undefined;
    case 'object':
    case 'array':
      return canonicalJson(field, parsed(text));
    default:
      return unreachable(field.type);
  }
}

/** The engine holds neither NUL nor halves of surrogate pairs. */
function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

function parsed(text: string): JsonValue | undefined {
  try {
    return readJson(text);
  } catch (thrown) {
    if (codeOf(thrown) === 'JSON_SYNTAX' || codeOf(thrown) === 'JSON_TOO_DEEP') return undefined;
    throw thrown;
  }
}

/** What a document's value looks like as plain text: the text of a string, the literal of a number, else JSON. */
function plainText(field: Field, value: JsonValue): string {
  return typeof value === 'string' && !isJsonText(field) ? value : writeJson(value);
}

/** True for the types whose text form is JSON text. */
function isJsonText(field: Field): boolean {
  return field.type === 'object' || field.type === 'array' || field.type === 'json';
}

/** Compact JSON of a nested value; undefined when it is not one of the field. */
function canonicalJson(field: Field, value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return value === null ? 'null' : undefined;
  if (field.type === 'object') return canonicalObject(field.fields ?? [], value);
  if (field.type === 'array') {
    if (!isJsonArray(value)) return undefined;
    const items = value.map((item) => canonicalJson(itemsOf(field), item));
    return items.includes(undefined) ? undefined : `[${items.join(',')}]`;
  }
  return canonicalScalar(field, value);
}

function canonicalObject(fields: readonly Field[], value: JsonValue): string | undefined {
  if (!isJsonObject(value) || value.duplicates.length > 0) return undefined;
  if (value.entries.some(([name]) => !fields.some((field) => field.name === name))) return undefined;
  const members = fields.map((field) => {
    const text = canonicalJson(field, memberOf(value, field.name) ?? null);
    return text === undefined ? undefined : `${JSON.stringify(field.name)}:${text}`;
  });
  return members.includes(undefined) ? undefined : `{${members.join(',')}}`;
}

function canonicalScalar(field: Field, value: JsonValue): string | undefined {
  if (field.type === 'json') return writeJson(value);
  const isNumeric = field.type === 'integer' || field.type === 'number' || field.type === 'decimal';
  const isLongDecimal = field.type === 'decimal' && typeof value === 'string';
  if (isNumeric !== isJsonNumber(value) && !isLongDecimal) return undefined;
  if ((field.type === 'boolean') !== (typeof value === 'boolean')) return undefined;
  const text = canonicalText(field, plainText(field, value));
  if (text === undefined) return undefined;
  return isNumeric || field.type === 'boolean' ? text : JSON.stringify(text);
}

function itemsOf(field: Field): Field {
  return field.items ?? { name: 'items', type: 'string' };
}

function literalSql(field: Field, text: string): string {
  switch (field.type) {
    case 'string':
    case 'json':
      return sqlText(text);
    case 'boolean':
      return text;
    case 'bytes':
      return `from_base64(${sqlText(text)})`;
    case 'object':
    case 'array':
      return nestedSql(field, present(parsed(text), 'canonical text of a nested value is JSON'));
    default:
      return `CAST(${sqlText(text)} AS ${sqlType(field)})`;
  }
}

function nestedSql(field: Field, value: JsonValue): string {
  if (value === null) return `CAST(NULL AS ${sqlType(field)})`;
  if (field.type === 'array' && isJsonArray(value)) {
    return `CAST([${value.map((item) => nestedSql(itemsOf(field), item)).join(', ')}] AS ${sqlType(field)})`;
  }
  if (field.type === 'object' && isJsonObject(value)) {
    const members = (field.fields ?? []).map(
      (member) => `${sqlName(member.name)} := ${nestedSql(member, memberOf(value, member.name) ?? null)}`,
    );
    return `struct_pack(${members.join(', ')})`;
  }
  if (field.type === 'json') return sqlText(writeJson(value));
  return literalSql(field, plainText(field, value));
}

function expectedText(field: Field): string {
  switch (field.type) {
    case 'string':
      return 'text without NUL characters and unpaired surrogates';
    case 'integer':
      return 'a whole number of at most 64 bits, like -12';
    case 'number':
      return 'a number that a double holds exactly as written, like 12.5';
    case 'decimal':
      return `a ${typeText(field)}: at most ${(field.precision ?? 38) - (field.scale ?? 0)} digits before the point and ${field.scale ?? 0} after it`;
    case 'boolean':
      return '"true" or "false"';
    case 'date':
      return 'a day, like 2001-01-31';
    case 'time':
      return 'a time of day, like 22:27:00';
    case 'timestamp':
      return field.zone === 'local'
        ? 'a date and time without an offset, like 2001-01-31T22:27:00'
        : 'an instant with an offset, like 2001-01-31T22:27:00Z';
    case 'bytes':
      return 'bytes in base64';
    case 'json':
      return 'JSON';
    case 'object':
      return `a JSON object with the members ${(field.fields ?? []).map((member) => `"${member.name}"`).join(', ')}`;
    case 'array':
      return `a JSON array: ${typeText(field)}`;
    default:
      return unreachable(field.type);
  }
}

const QUOTED_LENGTH_MAX = 80;

function invalid(field: Field, text: string): WharfError {
  const quoted = text.length > QUOTED_LENGTH_MAX ? `${text.slice(0, QUOTED_LENGTH_MAX)}...` : text;
  return new WharfError(
    'TEXT_FORM_INVALID',
    `The value ${JSON.stringify(quoted)} of "${field.name}" is not valid: expected ${expectedText(field)}.`,
  );
}
