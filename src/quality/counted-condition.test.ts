import { describe, expect, it } from 'vitest';
import { countedCondition } from './counted-condition.ts';

describe('a query of a check that counts rows', () => {
  it.each([
    ['select count(*) from {table} where price < 0', 'price < 0'],
    ['SELECT COUNT( * )\n FROM {table} WHERE\n a = 1 OR {table}.b;', 'a = 1 OR _rows.b'],
    ["select count(*) from {table} where kind in ('select', 'a;b -- c')", "kind in ('select', 'a;b -- c')"],
    ['select count(*) from {table} where "from" > 1', '"from" > 1'],
  ])('is looked for in changed rows: %s', (sql, condition) => {
    expect(countedCondition(sql)).toBe(condition);
  });

  it.each([
    'select count(*) from {table}',
    'select count(price) from {table} where price < 0',
    'select count(*) + 1 from {table} where price < 0',
    'select count(*) from {table} where price < 0 group by kind',
    'select count(*) from {table} where price > (select avg(price) from {table})',
    'select count(*) from {table} where at < now()',
    'select count(*) from {table} where price < 0 limit 1',
    'select count(*) from {table} where price < 0 -- and more',
    'select count(*) from {table} t where t.price < 0',
    "select count(*) from {table} where name = 'open",
    'select count(*) from {table} where price < 0; select 0',
  ])('is run as it is: %s', (sql) => {
    expect(countedCondition(sql)).toBeUndefined();
  });
});
