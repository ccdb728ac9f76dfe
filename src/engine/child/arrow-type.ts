import {
  DuckDBDecimalType,
  DuckDBListType,
  DuckDBStructType,
  type DuckDBType,
  DuckDBTypeId,
} from '@duckdb/node-api';
import {
  Binary,
  type DataType,
  DateDay,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  TimeMicrosecond,
  TimestampMicrosecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
} from 'apache-arrow';
import { WharfError } from '../../base/errors.ts';
import type { ArrowColumn } from './arrow-column.ts';
import { BoolColumn, DecimalColumn, FixedColumn } from './scalar-columns.ts';
import { BytesColumn, ListColumn, StructColumn } from './varying-columns.ts';

type Fixed = readonly [() => DataType, ConstructorParameters<typeof FixedColumn>[1]];

const FIXED = new Map<DuckDBTypeId, Fixed>([
  [DuckDBTypeId.TINYINT, [() => new Int8(), Int8Array]],
  [DuckDBTypeId.SMALLINT, [() => new Int16(), Int16Array]],
  [DuckDBTypeId.INTEGER, [() => new Int32(), Int32Array]],
  [DuckDBTypeId.BIGINT, [() => new Int64(), BigInt64Array]],
  [DuckDBTypeId.UTINYINT, [() => new Uint8(), Uint8Array]],
  [DuckDBTypeId.USMALLINT, [() => new Uint16(), Uint16Array]],
  [DuckDBTypeId.UINTEGER, [() => new Uint32(), Uint32Array]],
  [DuckDBTypeId.UBIGINT, [() => new Uint64(), BigUint64Array]],
  [DuckDBTypeId.FLOAT, [() => new Float32(), Float32Array]],
  [DuckDBTypeId.DOUBLE, [() => new Float64(), Float64Array]],
  [DuckDBTypeId.DATE, [() => new DateDay(), Int32Array]],
  [DuckDBTypeId.TIME, [() => new TimeMicrosecond(), BigInt64Array]],
  [DuckDBTypeId.TIMESTAMP, [() => new TimestampMicrosecond(), BigInt64Array]],
  [DuckDBTypeId.TIMESTAMP_TZ, [() => new TimestampMicrosecond('UTC'), BigInt64Array]],
]);

/** An empty Arrow column for a DuckDB type. Throws ENGINE_ARROW_TYPE, naming the column. */
export function arrowColumn(name: string, type: DuckDBType): ArrowColumn {
  const fixed = FIXED.get(type.typeId);
  if (fixed) return new FixedColumn(fixed[0](), fixed[1]);
  if (type instanceof DuckDBDecimalType) return new DecimalColumn(type);
  if (type instanceof DuckDBListType) return new ListColumn(arrowColumn(`${name}[]`, type.valueType));
  if (type instanceof DuckDBStructType) {
    const children = type.entryTypes.map((entry, i) => arrowColumn(`${name}.${type.entryNames[i]}`, entry));
    return new StructColumn(type.entryNames, children);
  }
  if (type.typeId === DuckDBTypeId.VARCHAR) return new BytesColumn(new Utf8());
  if (type.typeId === DuckDBTypeId.BLOB) return new BytesColumn(new Binary());
  if (type.typeId === DuckDBTypeId.BOOLEAN) return new BoolColumn();
  throw new WharfError(
    'ENGINE_ARROW_TYPE',
    `The column "${name}" has the type ${type}, which is not written to Arrow files; cast it to another.`,
  );
}
