import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import type { Field } from '../../schema/field.ts';
import { sqlName, sqlType } from '../../schema/sql-type.ts';
import { fieldNames } from './column-names.ts';
import { isUnmapped, mapFields, mappingSql } from './map-fields.ts';

describe('fieldNames', () => {
  it('makes field names of any names, all different', () => {
    expect(
      fieldNames([
        'Cost: Total $',
        'magType',
        'IATACode',
        'name',
        'Name',
        'Größe',
        '1990',
        '名前',
        '$',
        'a__b',
        'x'.repeat(80),
      ]),
    ).toEqual([
      ...[
        'cost_total',
        'mag_type',
        'iata_code',
        'name',
        'name_2',
        'grosse',
        'n_1990',
        'field_8',
        'field_9',
        'a__b',
      ],
      'x'.repeat(63),
    ]);
  });
});

describe('mapFields', () => {
  const nested: Field = {
    name: 'Points',
    type: 'array',
    items: {
      name: 'items',
      type: 'object',
      fields: [
        { name: 'magType', type: 'string' },
        { name: 'deep', type: 'object', fields: [{ name: 'X Y', type: 'integer' }] },
      ],
    },
  };

  it('leaves alone what can be named as it is', () => {
    expect(isUnmapped(mapFields([{ name: 'a', type: 'string' }]))).toBe(true);
    expect(isUnmapped(mapFields([nested]))).toBe(false);
  });

  it('holds objects as JSON whose members differ in case only', () => {
    const twins = {
      name: 'a',
      type: 'object' as const,
      fields: ['b', 'B'].map((name) => ({ name, type: 'string' as const })),
    };
    expect(mapFields([twins])[0]?.target).toEqual({ name: 'a', type: 'json' });
  });

  it('refuses columns that SQL could not tell apart', () => {
    expect(() => mapFields(['A', 'a'].map((name) => ({ name, type: 'string' })))).toThrow('The name "a"');
  });

  it('writes SQL that renames at every depth and changes nothing else', async () => {
    const fields = mapFields([nested, { name: "it's", type: 'integer' }, { name: 'order', type: 'json' }]);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const columns = fields.map(({ source }) => `${sqlName(source.name)} ${sqlType(source)}`);
    await connection.run(`create table source (${columns.join(', ')})`);
    await connection.run(`insert into source values
      ([{magType: 'ml', deep: {'X Y': 7}}, {magType: 'mb', deep: null}, null], 5, '{"a":1.0}'), (null, null, null)`);
    const sql = mappingSql(fields, 'source');
    const described = await connection.runAndReadAll(`describe ${sql}`);
    expect(described.getRows().map(([name, type]) => [name, type])).toEqual(
      fields.map(({ target }) => [target.name, expect.any(String)]),
    );
    for (const { target } of fields) {
      const same = await connection.runAndReadAll(
        `select typeof(any_value(${sqlName(target.name)})) = typeof(cast(null as ${sqlType(target)})) from (${sql})`,
      );
      expect(same.getRows()[0]).toEqual([true]);
    }
    const rows = await connection.runAndReadAll(`select to_json(t)::varchar from (${sql}) t`);
    expect(rows.getRows().flat()).toEqual([
      '{"points":[{"mag_type":"ml","deep":{"x_y":7}},{"mag_type":"mb","deep":null},null],"it_s":5,"order":"{\\"a\\":1.0}"}',
      '{"points":null,"it_s":null,"order":null}',
    ]);
    connection.closeSync();
  });
});
