/** Journaled documents as ports give them: from journal form to JSON form, and to the key. */
import { columnsOf, type Dataset, type Field, keyFieldsOf } from './field.ts';
import { readJson } from './json-reader.ts';
import {
  isJsonArray,
  isJsonNumber,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  memberOf,
} from './json-value.ts';
import { canonicalInteger, decimalText, doubleText, parseNumber } from './number-text.ts';
import { valueText as textOf } from './text-form.ts';

export interface Renderer {
  /** The document in JSON form: all columns in order, nulls included. */
  document(journalText: string): string;
  /** The key's fields as a JSON object; `null` where every record is kept. */
  key(journalText: string): string;
  /** Both of them. */
  record(journalText: string): { readonly key: string; readonly document: string };
  /** The document in JSON form, and the text form of each of the key's fields. */
  row(journalText: string): { readonly key: readonly (string | null)[]; readonly document: string };
}

export function createRenderer(dataset: Dataset): Renderer {
  const columns = columnsOf(dataset);
  const keys = keyFieldsOf(dataset);
  if (dataset.extra === 'ignore')
    return {
      document: (text) => text,
      key: () => 'null',
      record: (document) => ({ key: 'null', document }),
      row: (document) => ({ key: [], document }),
    };
  const keyText = (object: JsonObject) => (keys.length === 0 ? 'null' : objectText(keys, object));
  return {
    document: (text) => objectText(columns, readObject(text)),
    key: (text) => (keys.length === 0 ? 'null' : keyText(readObject(text))),
    record: (text) => {
      const object = readObject(text);
      return { key: keyText(object), document: objectText(columns, object) };
    },
    row: (text) => {
      const object = readObject(text);
      const key = keys.map((field) => textOf(field, memberOf(object, field.name) ?? null));
      return { key, document: objectText(columns, object) };
    },
  };
}

function readObject(text: string): JsonObject {
  const value = readJson(text);
  if (!isJsonObject(value)) throw new Error('Invariant broken: a journaled document is an object');
  return value;
}

function objectText(fields: readonly Field[], object: JsonObject): string {
  let members = '';
  for (const field of fields) {
    const value = valueText(field, memberOf(object, field.name) ?? null);
    members += `${members === '' ? '' : ','}${JSON.stringify(field.name)}:${value}`;
  }
  return `{${members}}`;
}

function valueText(field: Field, value: JsonValue): string {
  if (value === null) return 'null';
  if (isJsonArray(value)) return `[${value.map((item) => valueText(field.items ?? field, item)).join(',')}]`;
  if (isJsonObject(value)) return objectText(field.fields ?? [], value);
  if (field.type === 'json') return String(value);
  if (field.type === 'decimal') return decimal(field, value);
  if (isJsonNumber(value)) return number(field, value.number);
  return JSON.stringify(value);
}

function number(field: Field, text: string): string {
  const canonical = field.type === 'integer' ? canonicalInteger(text) : doubleText(text);
  if (canonical === undefined) return text;
  return field.type === 'integer' ? canonical : asTheEngineWrites(canonical);
}

/** `12.0`, `1e21`: the same text for a double whether it comes from the log or from the engine. */
function asTheEngineWrites(double: string): string {
  return /^-?\d+$/.test(double) ? `${double}.0` : double.replace('e+', 'e');
}

function decimal(field: Field, value: JsonValue): string {
  const text = isJsonNumber(value) ? value.number : String(value);
  const exact = parseNumber(text);
  return (exact && decimalText(exact, field.precision ?? 38, field.scale ?? 0)) ?? text;
}
