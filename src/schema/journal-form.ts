/** Documents from JSON form to journal form, as far as these differ in documents that hold no JSON: decimals become texts. */
import type { Field } from './field.ts';
import { readJson } from './json-reader.ts';
import {
  isJsonArray,
  isJsonNumber,
  isJsonObject,
  type JsonValue,
  memberOf,
  writeJson,
} from './json-value.ts';

/** Members that are none of the fields are left out. */
export function journalFormOf(fields: readonly Field[]): (document: string) => string {
  return (document) => objectText(fields, readJson(document));
}

function objectText(fields: readonly Field[], object: JsonValue): string {
  if (!isJsonObject(object)) return 'null';
  const members = fields.map(
    (field) => `${JSON.stringify(field.name)}:${valueText(field, memberOf(object, field.name) ?? null)}`,
  );
  return `{${members.join(',')}}`;
}

function valueText(field: Field, value: JsonValue): string {
  if (field.type === 'object') return objectText(field.fields ?? [], value);
  const { items } = field;
  if (items && isJsonArray(value)) return `[${value.map((item) => valueText(items, item)).join(',')}]`;
  return field.type === 'decimal' && isJsonNumber(value) ? JSON.stringify(value.number) : writeJson(value);
}
