import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { startTestEngine } from '../engine/test-engine.ts';
import type { Product } from '../spec/model.ts';
import { meshOf } from '../spec/test-support/problems-in.ts';
import { bindDerive } from './bind-derive.ts';

interface Declared {
  readonly sql: string;
  /** Of the product that is read. */
  readonly input?: string;
  readonly fields?: string;
  readonly key?: string;
}

const HEAD = 'version: 1.0.0\nowner: shop\npurpose: To be read.\n';
const INPUT = 'key: none\nfields: { name: string, count: integer, weight: number }\n';
const SUMS = '{ name: string, n: { type: integer, reduce: sum } }';

function specs({ sql, input = INPUT, fields = SUMS, key = '[name]' }: Declared): Record<string, string> {
  const transform = `{ mode: reduce, sql: ${JSON.stringify(sql)} }`;
  return {
    'items.product.yaml': `product: shop.items\n${HEAD}inputs: { source: { from: push } }\n${input}`,
    'sums.product.yaml': `product: shop.sums\n${HEAD}inputs: { items: shop.items@1 }\ntransform: ${transform}\nkey: ${key}\nfields: ${fields}\n`,
  };
}

describe('a transform in the mode reduce', () => {
  let engine: Engine;

  beforeAll(async () => {
    engine = startTestEngine();
  });

  afterAll(() => engine.close());

  async function problems(declared: Declared): Promise<string[]> {
    const products = new Map(meshOf(specs(declared)).products.map((product) => [product.id, product]));
    const found = await bindDerive(engine, products.get('shop.sums@1') as Product, products);
    return found.map(({ code, message }) => `${code} ${message}`);
  }

  it.each([
    'select name, count(*) as n from changes(items) group by name',
    "select name, sum(count) as n from changes(items) where op = 'upsert' and position > 0 group by all;",
    'select name, 1 as n from changes(items) i',
    'select upper(name) as name, unnest([count, 1]) as n from changes(ITEMS) where count is not null',
    'select name, n from (select name, count as n from changes(items)) where n > 1',
  ])('is right for what adds up: %s', async (sql) => {
    expect(await problems({ sql })).toEqual([]);
  });

  it.each([
    [
      'select name, count(distinct count) as n from changes(items) group by name',
      /^TRANSFORM_MODE .*"n" does not combine/,
    ],
    [
      'select name, max(count) as n from changes(items) group by name',
      /"n" is aggregated as "reduce: max".*has "reduce: sum"/,
    ],
    ['select name, cast(sum(weight) as bigint) as n from changes(items) group by name', /^TRANSFORM_MODE /],
    ['select name, count(*) as n from changes(items) group by name having count(*) > 1', /^TRANSFORM_MODE /],
    ['select distinct name, 1 as n from changes(items)', /^TRANSFORM_MODE /],
    ['select name, count as n from changes(items) order by position limit 3', /^TRANSFORM_MODE /],
    ['select name, row_number() over (order by position) as n from changes(items)', /^TRANSFORM_MODE /],
    ['select a.name, 1 as n from changes(items) a join changes(items) b using (name)', /^TRANSFORM_MODE /],
    [
      'select name, 1 as n from changes(items) union all select name, 2 from changes(items)',
      /^TRANSFORM_MODE /,
    ],
    ['select name, count as n from items', /^TRANSFORM_UNREPEATABLE .*"items" as a whole/],
    ['select name, 1 as n from changes(other)', /reads "other", which is not among its inputs/],
    ['select name, 1 as n from changes(items, 3)', /changes\(\) takes the name of one input/],
  ])('is refused where it would be wrong: %s', async (sql, message) => {
    expect((await problems({ sql })).join('\n')).toMatch(message);
  });

  it.each([
    [
      { input: 'key: [name]\nfields: { name: string, count: integer }\n' },
      /"items", which may be replaced or deleted/,
    ],
    [{ input: `history: 30d\n${INPUT}` }, /"items", whose old records are dropped/],
    [{ input: 'key: none\nfields: { name: string, op: string }\n' }, /"items" has the field "op"/],
    [{ key: 'row', fields: '{ name: string, n: integer }' }, /all of a row is its key/],
  ])('is refused for inputs and outputs that cannot be reduced: %j', async (declared, message) => {
    const sql = 'select name, 1 as n from changes(items)';
    expect((await problems({ sql, ...declared })).join('\n')).toMatch(message);
  });

  it('is what changes() needs', async () => {
    const files = specs({ sql: 'select name, 1 as n from changes(items)' });
    const text = files['sums.product.yaml']?.replace('mode: reduce, ', '').replace(', reduce: sum', '') ?? '';
    const products = new Map(
      meshOf({ ...files, 'sums.product.yaml': text }).products.map((product) => [product.id, product]),
    );
    const found = await bindDerive(engine, products.get('shop.sums@1') as Product, products);
    expect(found.map(({ message }) => message)).toContain('changes() needs "mode: reduce" in the transform.');
  });
});
