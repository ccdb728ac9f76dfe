/** Values in the binary form that Postgres gives them. */
import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBListType,
  DuckDBListValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBType,
  DuckDBTypeId,
  DuckDBUUIDValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { WharfError } from '../../base/errors.ts';
import '../errors.ts';
import { pgTypeOf } from '../../schema/pg-type.ts';
import { pgText } from './pg-text.ts';
import { typeName } from './type-name.ts';

/** Postgres counts from 2000-01-01. */
const EPOCH_DAYS = 10_957;
const EPOCH_US = 946_684_800_000_000n;
const NUMERIC_BASE = 10_000n;

/** Of a value that is not null. Types without a binary form of their own (text, JSON) are the bytes of their text. */
export function pgBinary(value: DuckDBValue, type: DuckDBType): Buffer {
  switch (typeof value) {
    case 'boolean':
      return Buffer.from([value ? 1 : 0]);
    case 'number':
    case 'bigint':
      return numberBytes(value, type);
    case 'string':
      return Buffer.from(value, 'utf8');
    default:
      return objectBytes(value, type);
  }
}

function numberBytes(value: number | bigint, { typeId }: DuckDBType): Buffer {
  switch (typeId) {
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.UTINYINT:
    case DuckDBTypeId.SMALLINT:
      return filled(2, (bytes) => bytes.writeInt16BE(Number(value)));
    case DuckDBTypeId.USMALLINT:
    case DuckDBTypeId.INTEGER:
      return filled(4, (bytes) => bytes.writeInt32BE(Number(value)));
    case DuckDBTypeId.UINTEGER:
    case DuckDBTypeId.BIGINT:
      return int64(BigInt(value));
    case DuckDBTypeId.FLOAT:
      return filled(4, (bytes) => bytes.writeFloatBE(Number(value)));
    case DuckDBTypeId.DOUBLE:
      return filled(8, (bytes) => bytes.writeDoubleBE(Number(value)));
    default:
      return numericBytes(BigInt(value), 0);
  }
}

function objectBytes(value: DuckDBValue, type: DuckDBType): Buffer {
  if (value instanceof DuckDBDecimalValue) return numericBytes(value.value, value.scale);
  if (value instanceof DuckDBDateValue) return dateBytes(value.days);
  if (value instanceof DuckDBTimestampTZValue || value instanceof DuckDBTimestampValue)
    return instantBytes(value.micros);
  if (value instanceof DuckDBListValue && type instanceof DuckDBListType) return arrayBytes(value, type);
  if (value instanceof DuckDBTimeValue) return int64(value.micros);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes);
  if (value instanceof DuckDBUUIDValue) return Buffer.from(String(value).replaceAll('-', ''), 'hex');
  if (value instanceof DuckDBIntervalValue) {
    return filled(16, (bytes) => {
      bytes.writeBigInt64BE(value.micros);
      bytes.writeInt32BE(value.days, 8);
      bytes.writeInt32BE(value.months, 12);
    });
  }
  return Buffer.from(pgText(value, type), 'utf8');
}

/** Both ends of time are the ends of the numbers, in the engine and in Postgres. */
const DAYS_END = 2 ** 31 - 1;
const MICROS_END = 2n ** 63n - 1n;

function dateBytes(days: number): Buffer {
  const isEnd = Math.abs(days) === DAYS_END;
  const past = days < 0 ? -DAYS_END - 1 : DAYS_END;
  return filled(4, (bytes) => bytes.writeInt32BE(isEnd ? past : days - EPOCH_DAYS));
}

function instantBytes(micros: bigint): Buffer {
  if (micros === MICROS_END) return int64(MICROS_END);
  return micros === -MICROS_END ? int64(-MICROS_END - 1n) : int64(micros - EPOCH_US);
}

/**
 * Dimensions, whether there are nulls, the type of the items; of each dimension its length and first index; then the items, each
 * behind its length. Lists of lists of different lengths have no such form.
 */
function arrayBytes(list: DuckDBListValue, type: DuckDBListType): Buffer {
  const lengths = [list.items.length];
  let items: readonly DuckDBValue[] = list.items;
  let itemType = type.valueType;
  while (itemType instanceof DuckDBListType && items.length > 0) {
    const lists = items.filter((item): item is DuckDBListValue => item instanceof DuckDBListValue);
    const length = lists[0]?.items.length ?? 0;
    if (lists.length < items.length || lists.some((inner) => inner.items.length !== length)) throw ragged();
    lengths.push(length);
    items = lists.flatMap((inner) => inner.items);
    itemType = itemType.valueType;
  }
  while (itemType instanceof DuckDBListType) itemType = itemType.valueType;
  const parts = items.map((item) => (item === null ? undefined : pgBinary(item, itemType)));
  const isEmpty = items.length === 0;
  const head = filled(12, (bytes) => {
    bytes.writeInt32BE(isEmpty ? 0 : lengths.length);
    bytes.writeInt32BE(parts.includes(undefined) ? 1 : 0, 4);
    bytes.writeUInt32BE(pgTypeOf(typeName(itemType)).oid, 8);
  });
  const bounds = isEmpty ? [] : lengths.flatMap((length) => [int32(length), int32(1)]);
  return Buffer.concat([
    head,
    ...bounds,
    ...parts.flatMap((part) => (part ? [int32(part.length), part] : [int32(-1)])),
  ]);
}

function ragged(): Error {
  return new WharfError(
    'SQL_FAILED',
    'Lists of lists of different lengths have no binary form in Postgres; ask for text.',
  );
}

function int32(value: number): Buffer {
  return filled(4, (bytes) => bytes.writeInt32BE(value));
}

function filled(length: number, fill: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  fill(bytes);
  return bytes;
}

function int64(value: bigint): Buffer {
  return filled(8, (bytes) => bytes.writeBigInt64BE(value));
}

/** Digits of base 10,000, the count of them, the weight of the first, the sign, and the decimal digits after the point. */
function numericBytes(unscaled: bigint, scale: number): Buffer {
  const padding = (4 - (scale % 4)) % 4;
  let rest = (unscaled < 0n ? -unscaled : unscaled) * 10n ** BigInt(padding);
  const digits: number[] = [];
  while (rest > 0n) {
    digits.unshift(Number(rest % NUMERIC_BASE));
    rest /= NUMERIC_BASE;
  }
  const weight = digits.length - 1 - (scale + padding) / 4;
  while (digits.at(-1) === 0) digits.pop();
  return filled(8 + digits.length * 2, (bytes) => {
    bytes.writeUInt16BE(digits.length);
    bytes.writeInt16BE(digits.length === 0 ? 0 : weight, 2);
    bytes.writeUInt16BE(unscaled < 0n ? 0x4000 : 0, 4);
    bytes.writeUInt16BE(scale, 6);
    digits.forEach((digit, i) => {
      bytes.writeUInt16BE(digit, 8 + i * 2);
    });
  });
}
