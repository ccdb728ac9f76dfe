import { beforeAll, describe, expect, test } from 'vitest';
import { PostgresServer, postgresMissing } from '../../../test/support/postgres-server.ts';
import type { Field } from '../../schema/field.ts';
import { createSliceValidator } from '../../schema/slice-validator.ts';
import { changesOf, readNow, type TestTable } from './test-support/test-source.ts';

/** Column type, its field, values in SQL, and what each must be in a document. */
const TYPES: readonly (readonly [string, Partial<Field>, readonly (readonly [string, string])[]])[] = [
  [
    'int8',
    { type: 'integer' },
    [
      ['9223372036854775807', '9223372036854775807'],
      ['-9223372036854775808', '-9223372036854775808'],
    ],
  ],
  [
    'numeric(38,10)',
    { type: 'decimal', precision: 38, scale: 10 },
    [['1234567890123456789012345678.0123456789', '1234567890123456789012345678.0123456789']],
  ],
  [
    'numeric',
    { type: 'string' },
    [
      ['0.1000', '"0.1000"'],
      ["'NaN'", '"NaN"'],
    ],
  ],
  [
    'float8',
    { type: 'number' },
    [
      ['0.1', '0.1'],
      ['1e300', '1e+300'],
    ],
  ],
  [
    'bool',
    { type: 'boolean' },
    [
      ['true', 'true'],
      ['false', 'false'],
    ],
  ],
  ['date', { type: 'date' }, [["'2001-01-31'", '"2001-01-31"']]],
  ['time', { type: 'time' }, [["'22:27:00.5'", '"22:27:00.5"']]],
  [
    'timestamp',
    { type: 'timestamp', zone: 'local' },
    [["'2001-01-31 22:27:00.123456'", '"2001-01-31T22:27:00.123456"']],
  ],
  ['timestamptz', { type: 'timestamp' }, [["'2001-01-31 22:27:00+02'", '"2001-01-31T20:27:00Z"']]],
  [
    'bytea',
    { type: 'bytes' },
    [
      ["'\\x00ff10'", '"AP8Q"'],
      ["''", '""'],
    ],
  ],
  [
    'uuid',
    { type: 'string', format: 'uuid' },
    [["'6F1C1F0E-0000-4000-8000-000000000001'", '"6f1c1f0e-0000-4000-8000-000000000001"']],
  ],
  ['mood', { type: 'string', enum: ['so so', 'good'] }, [["'so so'", '"so so"']]],
  [
    'text',
    { type: 'string' },
    [
      ["''", '""'],
      ["E'a\\tb\\\\n\\nc\"'", '"a\\tb\\\\n\\nc\\""'],
      ["'\\N'", '"\\\\N"'],
    ],
  ],
  [
    'jsonb',
    { type: 'json' },
    [
      ['\'{"a": [1, 2.50, null], "b": "x\\ny"}\'', '{"a": [1, 2.50, null], "b": "x\\ny"}'],
      ["'null'", 'null'],
    ],
  ],
  ['json', { type: 'json' }, [['E\'{"a":\\n 12345678901234567890}\'', '{"a":  12345678901234567890}']]],
  [
    'int8[]',
    { type: 'array', items: { name: 'items', type: 'integer' } },
    [
      ["'{9223372036854775807,null}'", '[9223372036854775807,null]'],
      ["'{}'", '[]'],
    ],
  ],
  [
    'text[]',
    { type: 'array', items: { name: 'items', type: 'string' } },
    [["array['a b', 'NULL', null, 'q\"\\{', '']", '["a b","NULL",null,"q\\"\\\\{",""]']],
  ],
  ['numeric[]', { type: 'json' }, [["'{{1.10,2},{3,4}}'", '[["1.10","2"],["3","4"]]']]],
  ['positive', { type: 'integer' }, [['7', '7']]],
  ['interval', { type: 'string' }, [["'1 day 2 hours'", '"P1DT2H"']]],
];

describe.skipIf(postgresMissing)('values of Postgres', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start();
    await server.query(
      `create type mood as enum ('so so', 'good'); create domain positive as int check (value > 0)`,
    );
  });

  test('are the same, digit by digit, from the copy and from the log, and pass the contract', async () => {
    const columns = TYPES.map(([type], i) => `c${i} ${type}`);
    await server.query(`create table v (id int primary key, ${columns.join(', ')})`);
    const rows = rowsOf();
    const fields: Field[] = [
      { name: 'id', type: 'integer' },
      ...TYPES.map(([, field], i) => ({ ...field, name: `c${i}` }) as Field),
    ];
    const table: TestTable = { table: 'v', fields, key: ['id'] };
    for (const { id, sql } of rows) await server.query(`insert into v values (${id}, ${sql})`);
    const copied = await readNow(server, table);
    expect(changesOf(copied)).toEqual(rows.map(({ id, json }) => `+{"id":${id},${json}}`));
    for (const { id, sql } of rows) await server.query(`insert into v values (${id + 100}, ${sql})`);
    const streamed = await readNow(server, table, { cursor: copied.batches.at(-1)?.cursor });
    expect(changesOf(streamed)).toEqual(rows.map(({ id, json }) => `+{"id":${id + 100},${json}}`));
    const validate = createSliceValidator({ name: 'v', key: ['id'], fields, extra: 'refuse' });
    for (const { bytes, framing, place } of [...copied.batches, ...streamed.batches])
      expect(validate({ bytes, framing, line: place.line }).rejects).toEqual([]);
  });

  test('are refused where a field cannot hold them', async () => {
    await server.query('create table w (id int primary key, v timestamptz)');
    const fields: Field[] = [
      { name: 'id', type: 'integer' },
      { name: 'v', type: 'timestamp', zone: 'local' },
    ];
    await expect(readNow(server, { table: 'w', fields, key: ['id'] })).rejects.toThrow(
      'The column "v" of "public.w" is of type timestamptz, and the field "v" is timestamp (local), which cannot hold it.',
    );
  });
});

/** Row n holds the nth value of each type, null where a type has fewer. */
function rowsOf(): { id: number; sql: string; json: string }[] {
  const count = Math.max(...TYPES.map(([, , values]) => values.length)) + 1;
  return Array.from({ length: count }, (_, n) => ({
    id: n,
    sql: TYPES.map(([, , values]) => values[n]?.[0] ?? 'null').join(', '),
    json: TYPES.map(([, , values], i) => `"c${i}":${values[n]?.[1] ?? 'null'}`).join(','),
  }));
}
