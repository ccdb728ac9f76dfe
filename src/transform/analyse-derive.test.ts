import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { startTestEngine } from '../engine/test-engine.ts';
import type { Product } from '../spec/model.ts';
import { meshOf } from '../spec/test-support/problems-in.ts';
import { analyseDerive } from './analyse-derive.ts';
import { derivePlanOf } from './derive-plan.ts';

const ITEMS = `product: shop.items
version: 1.0.0
owner: shop
purpose: To be read.
inputs: { source: { from: push } }
key: [id]
fields:
  id: integer
  name: string
  price: decimal(12,2)
  sold: date
`;

function sums(sql: string, fields = 'name: string\n  n: integer'): string {
  return `product: shop.sums
version: 1.0.0
owner: shop
purpose: To be derived.
inputs: { items: shop.items@1 }
transform:
  sql: ${JSON.stringify(sql)}
key: [name]
fields:
  ${fields}
`;
}

describe('the SQL of a derived product', () => {
  let engine: Engine;

  beforeAll(async () => {
    engine = startTestEngine();
  });

  afterAll(() => engine.close());

  async function problems(sql: string, fields?: string): Promise<string[]> {
    const mesh = meshOf({ 'items.product.yaml': ITEMS, 'sums.product.yaml': sums(sql, fields) });
    const products = new Map(mesh.products.map((product) => [product.id, product]));
    const plan = derivePlanOf(products.get('shop.sums@1') as Product, products);
    if (!plan) throw new Error('shop.sums is not derived');
    const found = await analyseDerive(engine, plan);
    return found.map(({ code, severity, message }) => `${severity} ${code} ${message}`);
  }

  it.each([
    'select name, count(*) as n from items group by name',
    'select name, (select max(id) from items) as n from items',
    'with twice as (from items) select a.name, count(*) as n from twice a join twice b using (id) group by all;',
    'select distinct on (name) name, id as n from items order by name, id',
    "select name, len(string_agg(name, ',' order by id)) as n from items group by name",
    'with recursive up as (select name, 1 as n from items union all select name, n + 1 from up where n < 3) select name, max(n) as n from up group by name',
    'select name, n from items, lateral (select count(*) as n from items other where other.id < items.id)',
    'select name, unnest([id]) as n from ITEMS',
  ])('is taken as it is: %s', async (sql) => {
    expect(await problems(sql)).toEqual([]);
  });

  it.each([
    ['select name, epoch_ms(now()) as n from items', 'now()'],
    ['select name, id as n from items where sold < current_date', 'current_date()'],
    ['select name, cast(random() * 10 as bigint) as n from items', 'random()'],
    ['select name, year(age(sold)) as n from items', 'age()'],
    ["select name, nextval('numbers') as n from items", 'nextval()'],
  ])('is refused where it asks for the moment or for chance: %s', async (sql, call) => {
    const [first, ...others] = await problems(sql);
    expect(others).toEqual([]);
    expect(first).toMatch(/^error TRANSFORM_(UNREPEATABLE|SQL) /);
    if (call !== 'nextval()')
      expect(first).toBe(
        `error TRANSFORM_UNREPEATABLE The transform calls ${call}, which gives something else another time.`,
      );
  });

  it.each([
    ['select name, id as n from', 'TRANSFORM_SQL', 'syntax error'],
    ['select nam, id as n from items', 'TRANSFORM_SQL', 'nam'],
    ['select name, sum(name) as n from items group by name', 'TRANSFORM_SQL', 'sum'],
    [
      'select name, id as n from others',
      'TRANSFORM_UNREPEATABLE',
      'reads "others", which is not among its inputs',
    ],
    ["select name, id as n from read_csv('x.csv')", 'TRANSFORM_UNREPEATABLE', 'read_csv()'],
    ['select name, id as n from items using sample 10', 'TRANSFORM_UNREPEATABLE', 'a sample'],
    ['select name, id as n from items; select 1', 'TRANSFORM_UNREPEATABLE', 'one SELECT'],
    [
      'select items.name, b.id as n from items positional join items b',
      'TRANSFORM_UNREPEATABLE',
      'by their place',
    ],
    ['select name from items', 'TRANSFORM_COLUMNS', 'no column "n"'],
    ['select name, id as n, price from items', 'TRANSFORM_COLUMNS', '"price" that is not among the fields'],
    ['select name, name as n from items', 'TRANSFORM_COLUMNS', '"n" has a type that does not fit'],
  ])('is refused: %s', async (sql, code, words) => {
    const found = await problems(sql);
    expect(found.filter((problem) => problem.startsWith('error')).length).toBe(1);
    expect(found[0]).toContain(`error ${code}`);
    expect(found[0]).toContain(words);
  });

  it.each([
    [
      "select name, len(string_agg(name, ',')) as n from items group by name",
      'string_agg() depends on the order',
    ],
    ['select name, row_number() over () as n from items', 'row_number() over rows without an order'],
    ['select name, id as n from items limit 3', 'A limit without an order'],
    ['select distinct on (name) name, id as n from items', 'distinct on (...) without an order'],
    ["select name, n from (select 'a' as name, 1 as n)", 'does not read its input "items"'],
  ])('is warned of: %s', async (sql, words) => {
    const found = await problems(sql);
    expect(found.length).toBe(1);
    expect(found[0]).toContain('warning TRANSFORM_UNREPEATABLE');
    expect(found[0]).toContain(words);
  });
});
