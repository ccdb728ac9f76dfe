/** Values in the text form that Postgres gives them. */
import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBIntervalValue,
  DuckDBListType,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api';
import { floatText } from './float-text.ts';
import { jsonText } from './json-text.ts';
import { dateText, timestampText, timeText } from './time-texts.ts';

const NEEDS_QUOTES = /^$|[{}",\\\s]|^null$/i;

/** Of a value that is not null. */
export function pgText(value: DuckDBValue, type: DuckDBType): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'bigint':
      return String(value);
    case 'boolean':
      return value ? 't' : 'f';
    case 'number':
      if (Object.is(value, -0)) return '-0';
      return type.typeId === DuckDBTypeId.FLOAT ? floatText(value) : String(value);
    default:
      return objectText(value, type);
  }
}

function objectText(value: DuckDBValue, type: DuckDBType): string {
  if (value instanceof DuckDBDateValue) return dateText(value.days) ?? String(value);
  if (value instanceof DuckDBTimestampTZValue) {
    const text = timestampText(value.micros, ' ');
    return text === undefined ? String(value) : `${text}+00`;
  }
  if (value instanceof DuckDBTimestampValue) return timestampText(value.micros, ' ') ?? String(value);
  if (value instanceof DuckDBTimeValue) return timeText(value.micros);
  if (value instanceof DuckDBBlobValue) return `\\x${Buffer.from(value.bytes).toString('hex')}`;
  if (value instanceof DuckDBIntervalValue) return intervalText(value);
  if (value instanceof DuckDBListValue && type instanceof DuckDBListType) return arrayText(value, type);
  if (value instanceof DuckDBStructValue || value instanceof DuckDBMapValue) return jsonText(value, type);
  return String(value);
}

function arrayText(list: DuckDBListValue, type: DuckDBListType): string {
  const items = list.items.map((item) => {
    if (item === null) return 'NULL';
    const text = pgText(item, type.valueType);
    if (type.valueType instanceof DuckDBListType || !NEEDS_QUOTES.test(text)) return text;
    return `"${text.replace(/["\\]/g, '\\$&')}"`;
  });
  return `{${items.join(',')}}`;
}

function intervalText({ months, days, micros }: DuckDBIntervalValue): string {
  const years = Math.trunc(months / 12);
  const parts = [
    years === 0 ? '' : `${years} year${years === 1 ? '' : 's'}`,
    months % 12 === 0 ? '' : `${months % 12} mon${months % 12 === 1 ? '' : 's'}`,
    days === 0 ? '' : `${days} day${days === 1 ? '' : 's'}`,
  ].filter((part) => part !== '');
  if (micros !== 0n || parts.length === 0)
    parts.push(micros < 0n ? `-${timeText(-micros)}` : timeText(micros));
  return parts.join(' ');
}
