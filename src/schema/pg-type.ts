/** The engine's types as Postgres' types. */

export interface PgType {
  readonly oid: number;
  /** As in `pg_type`. */
  readonly name: string;
  /** Bytes; -1 for any number of them. */
  readonly size: number;
  /** What the type is called in SQL. */
  readonly title: string;
  /** The type's array type; 0 where there is none. */
  readonly array: number;
  /** As in `pg_type.typcategory`. */
  readonly category: string;
}

function pgType(
  oid: number,
  name: string,
  size: number,
  title: string,
  array: number,
  category: string,
): PgType {
  return { oid, name, size, title, array, category };
}

const BOOL = pgType(16, 'bool', 1, 'boolean', 1000, 'B');
const BYTEA = pgType(17, 'bytea', -1, 'bytea', 1001, 'U');
const INT8 = pgType(20, 'int8', 8, 'bigint', 1016, 'N');
const INT2 = pgType(21, 'int2', 2, 'smallint', 1005, 'N');
const INT4 = pgType(23, 'int4', 4, 'integer', 1007, 'N');
const TEXT = pgType(25, 'text', -1, 'text', 1009, 'S');
const JSON_TYPE = pgType(114, 'json', -1, 'json', 199, 'U');
const FLOAT4 = pgType(700, 'float4', 4, 'real', 1021, 'N');
const FLOAT8 = pgType(701, 'float8', 8, 'double precision', 1022, 'N');
const DATE = pgType(1082, 'date', 4, 'date', 1182, 'D');
const TIME = pgType(1083, 'time', 8, 'time without time zone', 1183, 'D');
const TIMESTAMP = pgType(1114, 'timestamp', 8, 'timestamp without time zone', 1115, 'D');
const TIMESTAMPTZ = pgType(1184, 'timestamptz', 8, 'timestamp with time zone', 1185, 'D');
const INTERVAL = pgType(1186, 'interval', 16, 'interval', 1187, 'T');
const NUMERIC = pgType(1700, 'numeric', -1, 'numeric', 1231, 'N');
const UUID = pgType(2950, 'uuid', 16, 'uuid', 2951, 'U');

/** Every type that a column or parameter may have, arrays apart. */
export const PG_TYPES: readonly PgType[] = [
  BOOL,
  BYTEA,
  INT8,
  INT2,
  INT4,
  TEXT,
  JSON_TYPE,
  FLOAT4,
  FLOAT8,
  DATE,
  TIME,
  TIMESTAMP,
  TIMESTAMPTZ,
  INTERVAL,
  NUMERIC,
  UUID,
];

const BY_ENGINE_NAME: Readonly<Record<string, PgType>> = {
  BOOLEAN: BOOL,
  BLOB: BYTEA,
  TINYINT: INT2,
  UTINYINT: INT2,
  SMALLINT: INT2,
  USMALLINT: INT4,
  INTEGER: INT4,
  UINTEGER: INT8,
  BIGINT: INT8,
  UBIGINT: NUMERIC,
  HUGEINT: NUMERIC,
  UHUGEINT: NUMERIC,
  BIGNUM: NUMERIC,
  FLOAT: FLOAT4,
  DOUBLE: FLOAT8,
  DATE,
  TIME,
  TIMESTAMP,
  'TIMESTAMP WITH TIME ZONE': TIMESTAMPTZ,
  TIMESTAMPTZ,
  INTERVAL,
  UUID,
  JSON: JSON_TYPE,
};

/** The Postgres type of an engine's type; text for what Postgres has no type for. */
export function pgTypeOf(engineType: string): PgType {
  if (engineType.endsWith('[]')) return arrayOf(pgTypeOf(engineType.slice(0, -2)));
  if (engineType.startsWith('DECIMAL')) return NUMERIC;
  if (engineType.startsWith('STRUCT') || engineType.startsWith('MAP')) return JSON_TYPE;
  return BY_ENGINE_NAME[engineType] ?? TEXT;
}

/** Arrays of arrays are of the same type as arrays of their items. */
function arrayOf(item: PgType): PgType {
  if (item.category === 'A') return item;
  return pgType(item.array, `_${item.name}`, -1, `${item.title}[]`, 0, 'A');
}

/** `numeric(12,2)` as Postgres packs it; -1 where a type has no modifier. */
export function typeModifier(engineType: string): number {
  const match = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(engineType);
  return match ? ((Number(match[1]) << 16) | Number(match[2])) + 4 : -1;
}

/** Types that clients send, and no column has: jsonb, varchar, char(n). */
const FURTHER: Readonly<Record<number, string>> = {
  25: 'VARCHAR',
  1009: 'VARCHAR[]',
  1015: 'VARCHAR[]',
  1043: 'VARCHAR',
  1042: 'VARCHAR',
  3802: 'JSON',
};

/** Of several engine's types of one Postgres type, the first; unsigned ones are no client's. */
const ENGINE_NAMES: ReadonlyMap<number, string> = new Map([
  ...Object.entries(FURTHER).map(([oid, name]) => [Number(oid), name] as const),
  ...Object.entries(BY_ENGINE_NAME)
    .filter(([name]) => name === 'UUID' || !name.startsWith('U'))
    .reverse()
    .flatMap(([name, type]) => [[type.array, `${name}[]`] as const, [type.oid, name] as const]),
]);

/** The engine's name of a Postgres type by its OID; undefined for types that the engine must find out itself. */
export function engineTypeOfOid(oid: number): string | undefined {
  return ENGINE_NAMES.get(oid);
}
