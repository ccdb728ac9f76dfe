/**
 * From what a transform gives to JSON text. Every number is exact or refused by name; all else that a field cannot hold is left to the
 * validation of the record.
 */
import type { Field } from '../../../schema/field.ts';
import { readJson } from '../../../schema/json-reader.ts';

const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?$/;
export const NESTED_MAX = 64;

/** Throws a TypeError that names the member. */
export function writeRecord(fields: readonly Field[], value: unknown): string {
  if (!isObject(value)) throw new TypeError(`A row must be an object; received ${kindOf(value)}.`);
  return writeObject(fields, value, '', 0);
}

function writeObject(fields: readonly Field[], value: object, path: string, depth: number): string {
  const members: string[] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const field = fields.find((known) => known.name === name);
    members.push(`${JSON.stringify(name)}:${writeValue(field, member, `${path}/${name}`, depth + 1)}`);
  }
  return `{${members.join(',')}}`;
}

function writeValue(field: Field | undefined, value: unknown, path: string, depth: number): string {
  if (depth > NESTED_MAX) throw new TypeError(`${path} is nested more than ${NESTED_MAX} deep.`);
  if (value === null || value === undefined) return 'null';
  if (field?.type === 'json') return writeJsonText(value, path);
  if (field?.type === 'decimal') return writeDecimal(value, path);
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'bigint':
      return String(value);
    case 'number':
      return writeNumber(field, value, path);
    case 'object':
      if (Array.isArray(value))
        return `[${value.map((item, i) => writeValue(field?.items, item, `${path}/${i}`, depth + 1)).join(',')}]`;
      if (!isObject(value)) throw new TypeError(`${path} is ${kindOf(value)}; write its text.`);
      return writeObject(field?.fields ?? [], value, path, depth);
    default:
      throw new TypeError(`${path} is ${kindOf(value)}, which is no value.`);
  }
}

function writeNumber(field: Field | undefined, value: number, path: string): string {
  if (!Number.isFinite(value)) throw new TypeError(`${path} is ${value}; a number must be finite.`);
  const isInteger = field?.type === 'integer' && Number.isInteger(value);
  if (isInteger && !Number.isSafeInteger(value))
    throw new TypeError(`${path} is ${value}, which a number does not hold exactly; give a bigint.`);
  return Object.is(value, -0) ? '0' : JSON.stringify(value);
}

function writeDecimal(value: unknown, path: string): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return DECIMAL.test(value) ? value : JSON.stringify(value);
  throw new TypeError(
    `${path} is ${kindOf(value)}; a decimal is a text such as "12.50", so that it is exact.`,
  );
}

function writeJsonText(value: unknown, path: string): string {
  const text = isObject(value) && 'text' in value ? value.text : undefined;
  if (typeof text !== 'string')
    throw new TypeError(`${path} is ${kindOf(value)}; JSON is given as { text: JSON.stringify(...) }.`);
  readJson(text);
  return text.replaceAll(/[\r\n]+/g, ' ');
}

/** Of a plain object, as a literal makes it: no Date, no Map. */
function isObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return ['Object', undefined].includes(Object.getPrototypeOf(value)?.constructor?.name);
}

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string') return `the text ${JSON.stringify(value.slice(0, 60))}`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'object') return `a ${value.constructor?.name ?? 'object'}`;
  return value === undefined ? 'undefined' : `a ${typeof value}`;
}
