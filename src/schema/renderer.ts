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
import { Literals, literalValue } from './literals.ts';
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
  if (dataset.extra === 'ignore')
    return {
      document: (text) => text,
      key: () => 'null',
      record: (document) => ({ key: 'null', document }),
      row: (document) => ({ key: [], document }),
    };
  const columns = columnsOf(dataset);
  const keys = keyFieldsOf(dataset);
  const places = keys.map((field) => columns.indexOf(field));
  const literals = Literals.of(columns);
  const keyLiteral = (i: number) => literals?.literal(places[i] ?? 0) ?? 'null';
  const keyText = (object: JsonObject) => (keys.length === 0 ? 'null' : objectText(keys, object));
  const foundKey = () => (keys.length === 0 ? 'null' : membersText(keys, keyLiteral));
  const foundDocument = (text: string, found: 'all' | 'some') =>
    found === 'all' ? text : membersText(columns, (i) => literals?.literal(i) ?? 'null');
  return {
    document: (text) => {
      const found = literals?.find(text);
      return found ? foundDocument(text, found) : objectText(columns, readObject(text));
    },
    key: (text) => (literals?.find(text) ? foundKey() : keyText(readObject(text))),
    record: (text) => {
      const found = literals?.find(text);
      if (found) return { key: foundKey(), document: foundDocument(text, found) };
      const object = readObject(text);
      return { key: keyText(object), document: objectText(columns, object) };
    },
    row: (text) => {
      const found = literals?.find(text);
      if (found) {
        const key = keys.map((field, i) => literalValue(field, keyLiteral(i)));
        return { key, document: foundDocument(text, found) };
      }
      const object = readObject(text);
      const key = keys.map((field) => textOf(field, memberOf(object, field.name) ?? null));
      return { key, document: objectText(columns, object) };
    },
  };
}

/** Reads the text form of one field from documents of the dataset, in journal form or in JSON form; null for null. */
export function createTextReader(dataset: Dataset, field: Field): (document: string) => string | null {
  const columns = columnsOf(dataset);
  const place = columns.findIndex(({ name }) => name === field.name);
  const literals = Literals.of(columns);
  return (document) => {
    if (literals?.find(document)) return literalValue(field, literals.literal(place));
    return textOf(field, memberOf(readObject(document), field.name) ?? null);
  };
}

function readObject(text: string): JsonObject {
  const value = readJson(text);
  if (!isJsonObject(value)) throw new Error('Invariant broken: a journaled document is an object');
  return value;
}

function objectText(fields: readonly Field[], object: JsonObject): string {
  return membersText(fields, (_, field) => valueText(field, memberOf(object, field.name) ?? null));
}

function membersText(fields: readonly Field[], value: (index: number, field: Field) => string): string {
  let members = '';
  for (const [i, field] of fields.entries())
    members += `${i === 0 ? '' : ','}${JSON.stringify(field.name)}:${value(i, field)}`;
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
