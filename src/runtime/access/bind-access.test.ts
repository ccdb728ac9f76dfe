import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../engine/engine.ts';
import { startTestEngine } from '../../engine/test-engine.ts';
import type { AccessRule, Mesh, Product } from '../../spec/model.ts';
import { bindAccess } from './bind-access.ts';

const PLACE = { file: 'a.product.yaml', line: 1, column: 1 } as AccessRule['place'];
const DATASET = {
  name: 'orders',
  key: ['id'],
  extra: 'refuse',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'n', type: 'integer' },
    { name: 'note', type: 'string' },
  ],
} as const;

describe('access rules', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = startTestEngine();
  });
  afterAll(() => engine.close());

  async function problems(more: Partial<AccessRule>): Promise<string[]> {
    const rule = { effect: 'allow', who: ['anyone'], mask: {}, rows: undefined, place: PLACE, ...more };
    const product = { datasets: [DATASET], access: [rule] } as unknown as Product;
    const found = await bindAccess(engine, { products: [product] } as unknown as Mesh);
    return found.map(({ message }) => message);
  }

  it.each<Partial<AccessRule>>([
    { rows: "n > 3 and note like 'a%'" },
    { rows: "list_contains(principal.teams, note) or principal.attributes['region'] = note" },
    { rows: 'n > 3 -- a comment' },
    { mask: { note: null, n: 0 } },
    { mask: { id: { hash: true }, note: { first: 3 }, n: { sql: 'n // 10 * 10' } } },
    { effect: 'deny', rows: "note = 'secret'" },
  ])('may be %j', async (rule) => {
    expect(await problems(rule)).toEqual([]);
  });

  it.each<[Partial<AccessRule>, string]>([
    [{ rows: 'm > 3' }, '"m"'],
    [{ rows: 'n >' }, 'is not an SQL expression'],
    [{ rows: 'true) or (true' }, 'is not an SQL expression'],
    [{ rows: 'true order by n' }, 'more than an expression'],
    [{ rows: 'true union select 1' }, 'more than an expression'],
    [{ rows: 'true; select 1' }, 'more than an expression'],
    [{ rows: 'n in (select 1)' }, 'more than an expression'],
    [{ rows: 'random() > 0.5' }, 'random'],
    [{ mask: { id: null } }, 'of the key'],
    [{ mask: { n: { hash: true } } }, 'only a string'],
    [{ mask: { note: { last: 3 } } }, '{ first: 3 }'],
    [{ mask: { n: 'many' } }, 'many'],
    [{ mask: { n: { sql: "'a' || note" }, note: { sql: 'nothing' } } }, 'nothing'],
    [{ effect: 'deny', mask: { note: null } }, 'no mask'],
  ])('may not be %j', async (rule, said) => {
    expect((await problems(rule)).join()).toContain(said);
  });
});
