/** From a document in JSON form to what a transform is handed, typed as `wharf types` says. */
import type { Field } from '../../../schema/field.ts';
import {
  isJsonArray,
  isJsonNumber,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  memberOf,
  writeJson,
} from '../../../schema/json-value.ts';
import { isSmallInteger } from '../small-integer.ts';

/** JSON that is kept as it is written, so that no number in it is touched. */
export interface Json {
  readonly text: string;
}

export function readRecord(fields: readonly Field[], object: JsonObject): Record<string, unknown> {
  return Object.fromEntries(
    fields.map((field) => [field.name, readValue(field, memberOf(object, field.name) ?? null)]),
  );
}

function readValue(field: Field, value: JsonValue): unknown {
  if (value === null) return null;
  if (field.type === 'json') return { text: writeJson(value) } satisfies Json;
  if (isJsonArray(value)) return value.map((item) => readValue(field.items ?? field, item));
  if (isJsonObject(value)) return readRecord(field.fields ?? [], value);
  if (!isJsonNumber(value)) return value;
  switch (field.type) {
    case 'integer':
      return isSmallInteger(field) ? Number(value.number) : BigInt(value.number);
    case 'decimal':
      return value.number;
    default:
      return Number(value.number);
  }
}
