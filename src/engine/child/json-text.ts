/**
 * Values in JSON form (see `schema/json-form.ts`), of any type that a statement can give. What JSON has no number for is its text.
 */
import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListType,
  DuckDBListValue,
  DuckDBMapType,
  DuckDBMapValue,
  DuckDBStructType,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api';
import { present } from '../../base/assert.ts';
import { floatText } from './float-text.ts';
import { dateText, timestampText, timeText } from './time-texts.ts';

export function jsonText(value: DuckDBValue, type: DuckDBType): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'string':
      return type.alias === 'JSON' ? value : JSON.stringify(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'number':
      return numberText(value, type);
    default:
      return objectText(value, type);
  }
}

/** Doubles keep their point, as in the engine's own JSON: `12.0`. */
function numberText(value: number, type: DuckDBType): string {
  const { typeId } = type;
  if (typeId !== DuckDBTypeId.DOUBLE && typeId !== DuckDBTypeId.FLOAT) return String(value);
  if (!Number.isFinite(value)) return JSON.stringify(String(value));
  const text = Object.is(value, -0) ? '-0' : typeId === DuckDBTypeId.FLOAT ? floatText(value) : String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function objectText(value: DuckDBValue, type: DuckDBType): string {
  if (value instanceof DuckDBDecimalValue) return String(value);
  if (value instanceof DuckDBDateValue) return quoted(dateText(value.days), value);
  if (value instanceof DuckDBTimestampTZValue) {
    const text = timestampText(value.micros, 'T');
    return quoted(text === undefined ? undefined : `${text}Z`, value);
  }
  if (value instanceof DuckDBTimestampValue) return quoted(timestampText(value.micros, 'T'), value);
  if (value instanceof DuckDBTimeValue) return quoted(timeText(value.micros), value);
  if (value instanceof DuckDBBlobValue) return JSON.stringify(Buffer.from(value.bytes).toString('base64'));
  if (value instanceof DuckDBListValue && type instanceof DuckDBListType)
    return `[${value.items.map((item) => jsonText(item, type.valueType)).join(',')}]`;
  if (value instanceof DuckDBStructValue && type instanceof DuckDBStructType) return structText(value, type);
  if (value instanceof DuckDBMapValue && type instanceof DuckDBMapType) return mapText(value, type);
  return quoted(undefined, value);
}

function structText(value: DuckDBStructValue, type: DuckDBStructType): string {
  const members = type.entryNames.map((name, i) => {
    const entry = value.entries[name] ?? null;
    return `${JSON.stringify(name)}:${jsonText(entry, present(type.entryTypes[i], 'each entry has a type'))}`;
  });
  return `{${members.join(',')}}`;
}

function mapText(value: DuckDBMapValue, type: DuckDBMapType): string {
  const members = value.entries.map(({ key, value: entry }) => {
    const name = typeof key === 'string' ? key : jsonText(key, type.keyType);
    return `${JSON.stringify(name)}:${jsonText(entry, type.valueType)}`;
  });
  return `{${members.join(',')}}`;
}

function quoted(text: string | undefined, value: DuckDBValue): string {
  return JSON.stringify(text ?? String(value));
}
