import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { startTestEngine } from '../engine/test-engine.ts';
import { meshOf } from '../spec/test-support/problems-in.ts';
import { bindChecks } from './bind-checks.ts';
import { SHELVES } from './test-support/checked-store.ts';

const HEAD = `product: shop.items
version: 1.0.0
owner: shop
purpose: To be bound.
inputs: { source: { from: push } }
key: [id]
fields:
  id: { type: integer, required: true }
  name: { type: string, pattern: "^[a-z]", length: { max: 9 } }
  price: { type: "decimal(9,2)", min: 0.5 }
  day: date
`;

describe('binding checks', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = startTestEngine();
  });
  afterAll(() => engine.close());

  const bind = async (check: string) => {
    const mesh = meshOf({
      'items.product.yaml': `${HEAD}checks:\n  - ${check}\n    name: it\n`,
      'shelves.product.yaml': SHELVES,
    });
    const products = new Map(mesh.products.map((product) => [product.id, product]));
    const [product] = mesh.products;
    if (!product) throw new Error('There is no product.');
    return (await bindChecks(engine, product, products)).map((d) => `${d.place.line} ${d.message}`);
  };

  it.each([
    'rows: { min: 1 }',
    'unique: [name, day]',
    'references: name -> shop.shelves.code',
    'values: { field: price, in: [1, 2.50] }',
    'fresh: { field: day, max: 2d }',
    'distribution: { field: name, window: 7d, change: 10% }',
    'distribution: { field: price, window: 7d, change: 10%, quantile: 95% }',
    'distribution: { field: name, window: 7d, change: 10%, value: paid }',
    'sql: select count(*) from {table} where price > 9;',
  ])('takes %s', async (check) => {
    expect(await bind(check)).toEqual([]);
  });

  it.each([
    ['references: id -> shop.shelves.code', 'id is integer, and shop.shelves.code is string.'],
    ['fresh: { field: name, max: 2d }', 'name is string, and only a date or a timestamp has an age.'],
    ['pattern: { field: price, matches: x }', /No function matches .*regexp_matches/],
    ['values: { field: day, in: [soon] }', /soon/],
    [
      'distribution: { field: name, window: 7d, change: 10%, quantile: 50% }',
      'name is string, and only numbers have quantiles.',
    ],
    ['distribution: { field: day, window: 7d, change: 10%, value: soon }', /soon/],
    ['sql: select prize from {table}', /"prize" not found/],
    ['sql: select name, price from {table}', 'The query gives 2 columns; it must give one value.'],
    ['sql: select count(* from {table}', /syntax error/],
  ])('refuses %s', async (check, message) => {
    const [found = '', ...others] = await bind(check);
    expect(others).toEqual([]);
    expect(found).toMatch(/^13 The check "it" cannot be run: /);
    expect(found).toMatch(message);
  });
});
