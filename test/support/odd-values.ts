/** Values that are easily lost on the way, as the JSON literals that sources write, and as every port must show them. */
export type Literals = Readonly<Record<string, string>>;

export const ODD_FIELDS = `key: [id]
fields:
  id: { type: integer, required: true }
  whole: integer
  double: number
  money: decimal(38,10)
  huge: decimal(38,0)
  tiny: decimal(38,38)
  text: string
  flag: boolean
  day: date
  clock: time
  instant: timestamp
  wall: { type: timestamp, zone: local }
  raw: bytes
  doc: json
  place:
    type: object
    fields:
      n: integer
      inner: { type: object, fields: { money: "decimal(38,10)", at: timestamp, name: string } }
  list: { type: array, items: integer }
  sums: { type: array, items: "decimal(38,10)" }
`;

/** Their types in DuckDB, to write Parquet with. */
export const ODD_SQL_TYPES: Literals = {
  id: 'BIGINT',
  whole: 'BIGINT',
  double: 'DOUBLE',
  money: 'DECIMAL(38,10)',
  huge: 'DECIMAL(38,0)',
  tiny: 'DECIMAL(38,38)',
  text: 'VARCHAR',
  flag: 'BOOLEAN',
  day: 'DATE',
  clock: 'TIME',
  instant: 'TIMESTAMPTZ',
  wall: 'TIMESTAMP',
  raw: 'BLOB',
  doc: 'VARCHAR',
  place: 'STRUCT(n BIGINT, "inner" STRUCT(money DECIMAL(38,10), "at" TIMESTAMPTZ, "name" VARCHAR))',
  list: 'BIGINT[]',
  sums: 'DECIMAL(38,10)[]',
};

/** A member that a row leaves out is null. */
export const ODD_ROWS: readonly Literals[] = [
  {
    id: '1',
    whole: '9007199254740993',
    double: '0.30000000000000004',
    money: '0.1',
    huge: '99999999999999999999999999999999999999',
    tiny: '0.00000000000000000000000000000000000001',
    text: '"naïve 語 👩‍👩‍👧 \\"quoted\\", comma; NA"',
    flag: 'true',
    day: '"2001-01-31"',
    clock: '"22:27:00.5"',
    instant: '"2026-11-21T10:00:00.123456+02:00"',
    wall: '"2001-01-31T22:27:00.000001"',
    raw: '"AP/+"',
    doc: '{"long":123456789012345678901234567890,"f":0.1000,"deep":[{"x":-0.0}],"t":"a"}',
    place: '{"n":9007199254740993,"inner":{"money":0.1,"at":"2001-01-31T23:59:59.999999-01:00","name":"é"}}',
    list: '[9223372036854775807,null,-9223372036854775808]',
    sums: '[0.1,9999999999999999999999999999.9999999999]',
  },
  {
    id: '2',
    whole: '9223372036854775807',
    double: '-0.0',
    money: '-9999999999999999999999999999.9999999999',
    huge: '-99999999999999999999999999999999999999',
    tiny: '-0.99999999999999999999999999999999999999',
    text: '""',
    flag: 'false',
    day: '"1899-12-31"',
    clock: '"00:00:00"',
    instant: '"1969-12-31T23:59:59.999999Z"',
    wall: '"1900-01-01T00:00:00"',
    doc: '"a text"',
    place: '{"n":null,"inner":null}',
    list: '[]',
    sums: '[]',
  },
  {
    id: '3',
    whole: '-9223372036854775808',
    double: '0.1',
    money: '100',
    huge: '9007199254740993',
    text: '"=1+1"',
    instant: '"2026-11-21T00:00:00Z"',
    doc: '[]',
  },
  { id: '4', whole: '0', double: '1.7976931348623157e308', text: '" spaces  "', money: '0', doc: '{}' },
  { id: '5', double: '5e-324', text: '"-5"', doc: '1e400' },
  { id: '6' },
];

/** What differs from the literal that was sent: instants come out in UTC. */
export const ODD_SHOWN: Readonly<Record<string, Literals>> = {
  '1': {
    instant: '"2026-11-21T08:00:00.123456Z"',
    place: '{"n":9007199254740993,"inner":{"money":0.1,"at":"2001-02-01T00:59:59.999999Z","name":"é"}}',
  },
};

export const ODD_NAMES = Object.keys(ODD_SQL_TYPES);

/** A row as one JSON document. */
export function documentOf(row: Literals): string {
  return `{${Object.entries(row)
    .map(([name, literal]) => `"${name}":${literal}`)
    .join(',')}}`;
}

/** The token that stands for null in delimited text here. */
export const CSV_NULL = 'NIL';

/** A row as a line of delimited text: text as it is, everything else as it stands in JSON. */
export function csvLineOf(row: Literals): string {
  return ODD_NAMES.map((name) => {
    const literal = row[name];
    if (literal === undefined) return CSV_NULL;
    const isText = literal.startsWith('"') && name !== 'doc';
    return `"${(isText ? (JSON.parse(literal) as string) : literal).replaceAll('"', '""')}"`;
  }).join(',');
}

/** A row as a SELECT of typed values. */
export function selectOf(row: Literals): string {
  const columns = ODD_NAMES.map((name) => {
    const literal = row[name];
    if (literal === undefined) return `NULL::${ODD_SQL_TYPES[name]} AS "${name}"`;
    const isText = literal.startsWith('"') && name !== 'doc';
    const text = `'${(isText ? (JSON.parse(literal) as string) : literal).replaceAll("'", "''")}'`;
    return `${name === 'raw' ? `from_base64(${text})` : `${text}::${ODD_SQL_TYPES[name]}`} AS "${name}"`;
  });
  return `SELECT ${columns.join(', ')}`;
}
