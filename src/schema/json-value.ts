/**
 * JSON as it was written: numbers keep their digits, objects the order of their members, repeated names included.
 */

/** A number as its literal: `9007199254740993`, `-0`, `1.50`, `1e400`. */
export interface JsonNumber {
  readonly number: string;
}

export interface JsonObject {
  readonly entries: readonly (readonly [name: string, value: JsonValue])[];
  /** Names that stand more than once, each told once, in the order of their repetition. */
  readonly duplicates: readonly string[];
}

export type JsonValue = null | boolean | string | JsonNumber | JsonObject | readonly JsonValue[];

export function isJsonArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function isJsonNumber(value: JsonValue): value is JsonNumber {
  return typeof value === 'object' && value !== null && 'number' in value;
}

export function isJsonObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && 'entries' in value && !isJsonArray(value);
}

/** The value of a member, the last one where the name is repeated; undefined when there is none. */
export function memberOf(object: JsonObject, name: string): JsonValue | undefined {
  return object.entries.findLast((entry) => entry[0] === name)?.[1];
}

/** What a value is, for messages: `text`, `a number`, `null`, ... */
export function jsonKind(value: JsonValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'true or false';
  if (isJsonArray(value)) return 'an array';
  return isJsonNumber(value) ? 'a number' : 'an object';
}

/** Compact JSON text: every literal as it was read, repeated members included. */
export function writeJson(value: JsonValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (isJsonArray(value)) return `[${value.map(writeJson).join(',')}]`;
  if (isJsonNumber(value)) return value.number;
  return `{${value.entries.map(([name, member]) => `${JSON.stringify(name)}:${writeJson(member)}`).join(',')}}`;
}
