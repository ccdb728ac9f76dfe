/**
 * Values of Postgres as JSON: from the text that the server prints to the text that a field is validated from. No value goes through
 * a JavaScript number, and what a field cannot hold exactly is not converted but refused.
 */
import { type ArrayItem, readArrayText } from '../../protocols/postgres/array-text.ts';
import type { Field } from '../../schema/field.ts';
import { base64Json, numberJson, textJson } from '../rows/row-json.ts';
import type { ToJson } from '../rows/row-shape.ts';
import type { SourceType } from './source-types.ts';

const INTEGERS = ['int2', 'int4', 'int8', 'oid'];
const FLOATS = ['float4', 'float8'];
const JSON_TYPES = ['json', 'jsonb'];

/** Undefined when the field cannot hold what the type holds. */
export function toJsonOf(type: SourceType, field: Field): ToJson<string> | undefined {
  const { name } = type;
  switch (field.type) {
    case 'string':
      return textJson;
    case 'integer':
      return [...INTEGERS, 'numeric'].includes(name) ? numberJson : undefined;
    case 'number':
      return [...INTEGERS, ...FLOATS, 'numeric'].includes(name) ? numberJson : undefined;
    case 'decimal':
      return [...INTEGERS, 'numeric'].includes(name) ? numberJson : undefined;
    case 'boolean':
      return name === 'bool' ? booleanJson : undefined;
    case 'date':
    case 'time':
      return name === field.type ? textJson : undefined;
    case 'timestamp':
      return timestampJson(name, field);
    case 'bytes':
      return name === 'bytea' ? bytesJson : undefined;
    case 'json':
    case 'object':
      return documentJson(type, field);
    case 'array':
      return arrayJson(type, field);
  }
}

/** The field that holds all that a type holds. */
export function fieldOfType(type: SourceType, name: string): Field {
  if (type.kind === 'array' && type.element)
    return { name, type: 'array', items: fieldOfType(type.element, 'items') };
  if (type.kind === 'enum') return { name, type: 'string', enum: type.labels ?? [] };
  if (INTEGERS.includes(type.name)) return { name, type: 'integer' };
  if (FLOATS.includes(type.name)) return { name, type: 'number' };
  if (JSON_TYPES.includes(type.name)) return { name, type: 'json' };
  switch (type.name) {
    case 'bool':
      return { name, type: 'boolean' };
    case 'date':
    case 'time':
      return { name, type: type.name };
    case 'timestamp':
      return { name, type: 'timestamp', zone: 'local' };
    case 'timestamptz':
      return { name, type: 'timestamp' };
    case 'bytea':
      return { name, type: 'bytes' };
    case 'uuid':
      return { name, type: 'string', format: 'uuid' };
    default:
      return { name, type: 'string' };
  }
}

export function booleanJson(text: string): string {
  return text === 't' || text === 'true' ? 'true' : 'false';
}

export function localTimeJson(text: string): string {
  return textJson(text.replace(' ', 'T'));
}

export function zonedTimeJson(text: string): string {
  return textJson(text.replace(' ', 'T').replace(/\+00$/, 'Z'));
}

function timestampJson(name: string, field: Field): ToJson<string> | undefined {
  if (name === 'timestamp' && field.zone === 'local') return localTimeJson;
  return name === 'timestamptz' && field.zone !== 'local' ? zonedTimeJson : undefined;
}

function bytesJson(text: string): string {
  return base64Json(Buffer.from(text.slice(2), 'hex'));
}

function documentJson(type: SourceType, field: Field): ToJson<string> | undefined {
  // White space of the type json is kept by the server; between tokens is the only place where it can be a line feed.
  if (JSON_TYPES.includes(type.name)) return (text) => text.replace(/[\r\n]/g, ' ');
  if (type.kind === 'array' && field.type === 'json') return arrayJson(type, fieldOfType(type, field.name));
  return undefined;
}

function arrayJson(type: SourceType, field: Field): ToJson<string> | undefined {
  if (JSON_TYPES.includes(type.name)) return documentJson(type, field);
  if (type.kind !== 'array' || !type.element) return undefined;
  let items = field.items;
  // An array of several dimensions is of the same type as one of a single dimension.
  while (items?.type === 'array') items = items.items;
  const toJson = items && toJsonOf(type.element, items);
  if (!toJson) return undefined;
  const write = (item: ArrayItem): string =>
    item === null ? 'null' : typeof item === 'string' ? toJson(item) : `[${item.map(write).join(',')}]`;
  return (text) => write(readArrayText(text));
}
