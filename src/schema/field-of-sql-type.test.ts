import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import type { Field } from './field.ts';
import { fieldOfSqlType } from './field-of-sql-type.ts';
import { sqlType } from './sql-type.ts';

const fields: readonly Field[] = [
  { name: 'f', type: 'integer' },
  { name: 'f', type: 'decimal', precision: 12, scale: 2 },
  { name: 'f', type: 'timestamp', zone: 'utc' },
  { name: 'f', type: 'timestamp', zone: 'local' },
  { name: 'f', type: 'bytes' },
  {
    name: 'f',
    type: 'array',
    items: { name: 'items', type: 'array', items: { name: 'items', type: 'date' } },
  },
  {
    name: 'f',
    type: 'object',
    fields: [
      { name: 'a', type: 'time' },
      { name: 'b "c", (d', type: 'decimal', precision: 4, scale: 1 },
      { name: 'e', type: 'object', fields: [{ name: 'g', type: 'boolean' }] },
    ],
  },
];

it('finds the field again from what the engine calls its column', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  for (const field of fields) {
    const reader = await connection.runAndReadAll(`select typeof(cast(null as ${sqlType(field)}))`);
    expect(fieldOfSqlType('f', String(reader.getRows()[0]?.[0]))).toEqual(field);
  }
  connection.closeSync();
});

it('holds what it does not know as JSON, and enumerations as text', () => {
  expect(fieldOfSqlType('f', 'MAP(VARCHAR, INTEGER)')).toEqual({ name: 'f', type: 'json' });
  expect(fieldOfSqlType('f', "ENUM('a', 'b')")).toEqual({ name: 'f', type: 'string' });
});
