/** The types of columns, as the wire protocol of MySQL and MariaDB numbers them. */
import type { MysqlColumn } from './mysql-client.ts';

export type MysqlKind =
  | 'integer'
  | 'decimal'
  | 'float'
  | 'double'
  | 'bit'
  | 'date'
  | 'time'
  | 'datetime'
  | 'timestamp'
  | 'json'
  | 'set'
  | 'text'
  | 'bytes';

export interface MysqlType {
  readonly kind: MysqlKind;
  /** One digit or bit, by which these servers tell true from false: TINYINT(1), BIT(1). */
  readonly isTruth: boolean;
}

const KINDS: Readonly<Record<number, MysqlKind>> = {
  0: 'decimal',
  1: 'integer',
  2: 'integer',
  3: 'integer',
  4: 'float',
  5: 'double',
  7: 'timestamp',
  8: 'integer',
  9: 'integer',
  10: 'date',
  11: 'time',
  12: 'datetime',
  // YEAR
  13: 'integer',
  14: 'date',
  16: 'bit',
  // VECTOR
  242: 'bytes',
  245: 'json',
  246: 'decimal',
  248: 'set',
  // GEOMETRY
  255: 'bytes',
};

const TINY = 1;
const SET_FLAG = 2048;
/** The character set of what is not text. */
const BINARY = 63;

export function mysqlTypeOf({ columnType, columnLength, flags, characterSet }: MysqlColumn): MysqlType {
  const isOne = columnLength === 1;
  if ((flags & SET_FLAG) !== 0) return { kind: 'set', isTruth: false };
  const kind = KINDS[columnType] ?? (characterSet === BINARY ? 'bytes' : 'text');
  return { kind, isTruth: isOne && (columnType === TINY || kind === 'bit') };
}
