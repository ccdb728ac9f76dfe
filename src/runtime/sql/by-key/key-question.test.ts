import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ParsedSql } from '../../../engine/admit/sql-tree.ts';
import type { Dataset } from '../../../schema/field.ts';
import { keyPlan } from './key-plan.ts';
import { keyQuestion } from './key-question.ts';

const DATASET: Dataset = {
  name: 'orders',
  key: ['id', 'shop'],
  extra: 'refuse',
  fields: [
    { name: 'id', type: 'integer' },
    { name: 'shop', type: 'string' },
    { name: 'amount', type: 'decimal', precision: 12, scale: 2 },
    { name: 'doc', type: 'json' },
  ],
};

let parse: (sql: string) => Promise<ParsedSql>;
beforeAll(async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  parse = async (sql) => {
    const reader = await connection.runAndReadAll('select json_serialize_sql($1::varchar)', [sql]);
    return JSON.parse(String(reader.getRows()[0]?.[0])) as ParsedSql;
  };
});

async function planOf(sql: string) {
  const question = keyQuestion(await parse(sql));
  return question && keyPlan(question, DATASET);
}

describe('a row is looked up by its key, without the engine', () => {
  it.each([
    ['select 1 from shop.orders where id = $1 and shop = $2', [undefined], [0, 1]],
    ['select amount, ID from shop.orders o where o.shop = $1 and $2 = o."id"', ['amount', 'id'], [1, 0]],
    ['select id as order_id, 1 as found from orders where (id = ?) and shop = ?', ['id', undefined], [0, 1]],
  ])('%s', async (sql, columns, params) => {
    const plan = await planOf(sql);
    expect(plan?.columns.map((field) => field?.name)).toEqual(columns);
    expect(plan?.params.map(({ index }) => index)).toEqual(params);
  });
});

describe('the engine is asked', () => {
  it.each([
    ['of a part of the key', 'select 1 from orders where id = $1'],
    ['of another column', 'select 1 from orders where id = $1 and amount = $2'],
    ['of more than the key', 'select 1 from orders where id = $1 and shop = $2 and amount = $3'],
    ['of one part twice', 'select 1 from orders where id = $1 and id = $2'],
    ['of one parameter twice', 'select 1 from orders where id = $1 and shop = $1'],
    ['of another parameter', 'select $3 from orders where id = $1 and shop = $2'],
    ['of either', 'select 1 from orders where id = $1 or shop = $2'],
    ['of a value that is computed', 'select 1 from orders where id = $1 + 1 and shop = $2'],
    ['of a value that is cast', 'select 1 from orders where id = $1::int and shop = $2'],
    ['of another comparison', 'select 1 from orders where id >= $1 and shop = $2'],
    ['of a negation', 'select 1 from orders where not (id = $1 and shop = $2)'],
    ['of what is computed', 'select amount + 1 from orders where id = $1 and shop = $2'],
    ['of how many there are', 'select count(*) from orders where id = $1 and shop = $2'],
    ['of another constant', 'select 2 from orders where id = $1 and shop = $2'],
    ['of a column that shows in a way of its own', 'select doc from orders where id = $1 and shop = $2'],
    ['of a star with such a column', 'select * from orders where id = $1 and shop = $2'],
    ['of a star with a change', 'select * exclude (doc) from orders where id = $1 and shop = $2'],
    ['of a column that is not there', 'select other from orders where id = $1 and shop = $2'],
    ['of a name that stands for two', 'select amount as id from orders where id = $1 and shop = $2'],
    ['of another table', 'select 1 from orders where id = $1 and x.shop = $2'],
    ['of columns by other names', 'select 1 from orders o(shop, id) where id = $1 and shop = $2'],
    ['of two tables', 'select 1 from orders, orders p where id = $1 and shop = $2'],
    ['of a sample', 'select 1 from orders tablesample 10% where id = $1 and shop = $2'],
    ['of groups', 'select 1 from orders where id = $1 and shop = $2 group by id'],
    ['with a condition on groups', 'select 1 from orders where id = $1 and shop = $2 having true'],
    ['of rows from somewhere on', 'select 1 from orders where id = $1 and shop = $2 offset 1'],
    ['of no rows', 'select 1 from orders where id = $1 and shop = $2 limit 0'],
    ['of distinct rows', 'select distinct 1 from orders where id = $1 and shop = $2'],
    ['of a table of its own', 'with orders as (select 1) select 1 from orders where id = $1 and shop = $2'],
    ['of two statements in one', 'select 1 from orders where id = $1 union all select 1'],
    ['of no table', 'select 1 where $1 = $2'],
  ])('%s', async (_, sql) => {
    expect(await planOf(sql)).toBeUndefined();
  });

  it('where not all rows are kept by key', async () => {
    const question = keyQuestion(await parse('select 1 from orders where id = $1 and shop = $2'));
    expect(question && keyPlan(question, { ...DATASET, key: 'none' })).toBeUndefined();
    expect(question && keyPlan(question, { ...DATASET, key: ['id', 'amount'] })).toBeUndefined();
  });
});
