/**
 * Products by TypeScript against what plain JavaScript makes of the inputs, which the test keeps itself, after every one of many random
 * changes: orders that appear, change and go; rows that are looked up; records that fail; and keys that two records claim.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { integerBetween, oneOf, type Random, seededRandom } from '../../src/base/random.ts';
import { inputs } from '../../src/inputs/index.ts';
import type { InputConnector } from '../../src/kit/input.ts';
import { loadAll } from '../../src/kit/registry.ts';
import { TypescriptDerivation } from '../../src/runtime/derive/typescript-derivation.ts';
import { FixturePlatform } from '../../src/runtime/fixtures/fixture-platform.ts';
import { startWorkers, type Workers } from '../../src/runtime/start-workers.ts';
import { loadMesh } from '../../src/spec/load-mesh.ts';
import type { Mesh } from '../../src/spec/model.ts';
import { itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { SEED } from '../support/seed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { expectedLines, linesOf, type Order, TYPESCRIPT_MESH } from '../support/typescript-mesh.ts';

const ROUNDS = 20;
const RUNS = 2;

/** Whose item it is: two orders of one item claim the same key. */
const OWNERS = itemsSpec(`inputs: { orders: test.orders@1 }
transform: { typescript: owners.ts }
key: [sku]
fields: { sku: { type: string, required: true }, owner: { type: integer, required: true } }
`).replace('product: test.items', 'product: test.owners');
const OWNERS_TS =
  "import { defineTransform } from 'wharf:test.owners';\nexport default defineTransform({ orders: ({ id, items }) => items.map(({ sku }) => ({ sku, owner: id })) });\n";

let mesh: Mesh;
let workers: Workers;
let connectors: ReadonlyMap<string, InputConnector>;

beforeAll(async () => {
  const folder = await meshFolder({
    ...TYPESCRIPT_MESH,
    'owners.product.yaml': OWNERS,
    'owners.ts': OWNERS_TS,
  });
  connectors = await loadAll<InputConnector>(inputs);
  const declarations = { inputs: [...connectors.values()], ports: [], deliveries: [] };
  const loaded = await loadMesh(folder, declarations);
  if (!loaded.mesh) throw new Error(JSON.stringify(loaded.diagnostics));
  mesh = loaded.mesh;
  workers = startWorkers(await temporaryFolder('workers'), silentLog);
});
afterAll(async () => {
  await workers.pool.close();
  await Promise.all([workers.engine.close(), workers.reader.close()]);
});

async function open(name: string): Promise<FixturePlatform> {
  const product = mesh.products.find((one) => one.name === name);
  if (!product) throw new Error(name);
  const dataFolder = await temporaryFolder('data');
  return FixturePlatform.open({ mesh, product, dataFolder, connectors, workers, clock: systemClock });
}

function textOf({ id, customer, items }: Order): string {
  const texts = items.map(({ sku, count, price }) => `{"sku":"${sku}","count":${count},"price":${price}}`);
  return `{"id":${id},"customer":"${customer}","items":[${texts.join(',')}]}`;
}

function randomOrder(random: Random, id: string, skus: readonly string[], itemsMax: number): Order {
  const items = Array.from({ length: integerBetween(random, 0, itemsMax) }, () => ({
    sku: oneOf(random, skus),
    count: integerBetween(random, 0, 5),
    price: `${integerBetween(random, 0, 9)}.${integerBetween(random, 10, 99)}`,
  }));
  return { id, customer: oneOf(random, ['Ana', 'Ben', 'Cleo', 'Dora']), items };
}

/** Changes some orders, in the platform and here. */
async function changeOrders(
  platform: FixturePlatform,
  random: Random,
  orders: Map<string, Order>,
  make: (id: string) => Order,
): Promise<void> {
  const ids = Array.from({ length: integerBetween(random, 1, 3) }, () =>
    String(integerBetween(random, 1, 12)),
  );
  const gone = [...new Set(ids)].filter((id) => orders.has(id) && random.next() < 0.3);
  const given = [...new Set(ids)].filter((id) => !gone.includes(id)).map(make);
  for (const id of gone) orders.delete(id);
  for (const order of given) orders.set(order.id, order);
  if (given.length > 0) await platform.give('orders', 'upsert', given.map(textOf));
  if (gone.length > 0)
    await platform.give(
      'orders',
      'delete',
      gone.map((id) => `{"id":${id}}`),
    );
}

describe('a product by TypeScript, after every change', () => {
  const seed = SEED;
  const seeds = Array.from({ length: RUNS }, (_, i) => seed + i);

  it.each(seeds)('is what its code makes of its inputs (seed %i)', async (runSeed) => {
    const random = seededRandom(runSeed);
    const steps = vi.spyOn(TypescriptDerivation.prototype, 'step');
    const platform = await open('test.lines');
    const orders = new Map<string, Order>();
    const customers = new Map<string, string>();
    try {
      for (let round = 0; round < ROUNDS; round++) {
        if (random.next() < 0.4) {
          const [name, country] = [oneOf(random, ['Ana', 'Ben', 'Cleo']), oneOf(random, ['DE', 'FR', 'IT'])];
          const isGone = customers.has(name) && random.next() < 0.3;
          if (isGone) customers.delete(name);
          else customers.set(name, country);
          const record = isGone ? `{"name":"${name}"}` : `{"name":"${name}","country":"${country}"}`;
          await platform.give('customers', isGone ? 'delete' : 'upsert', [record]);
        }
        await changeOrders(platform, random, orders, (id) => randomOrder(random, id, ['a', 'b', 'c'], 3));
        expect(await platform.settle()).toBeUndefined();
        expect(linesOf((await platform.rows()).join('\n'))).toEqual(expectedLines(orders, customers));
      }
      const failing = [...orders.values()].filter(({ items }) => items.some(({ count }) => count === 0));
      const told = (await platform.newRejects()).map(({ document }) => String(JSON.parse(document).id));
      expect(told.sort()).toEqual(failing.map(({ id }) => id).sort());
      const taken = await Promise.all(steps.mock.results.map(({ value }) => value));
      // The first cycle runs all records, and every other one only those that may give something else.
      expect(taken.filter((step) => step === undefined).length).toBeLessThan(ROUNDS / 10);
    } finally {
      steps.mockRestore();
      await platform.close();
    }
  });

  it.each(seeds)('stays at its last good state while two records claim a key (seed %i)', async (runSeed) => {
    const random = seededRandom(runSeed);
    const platform = await open('test.owners');
    const orders = new Map<string, Order>();
    const skus = Array.from({ length: 16 }, (_, i) => `s${i}`);
    let good: string[] = [];
    let failed = 0;
    try {
      for (let round = 0; round < ROUNDS / 2; round++) {
        await changeOrders(platform, random, orders, (id) => randomOrder(random, id, skus, 2));
        const error = await platform.settle();
        const claims = [...orders.values()].flatMap(({ id, items }) =>
          items.map(({ sku }) => `${sku} ${id}`),
        );
        const isClear = new Set(claims.map((claim) => claim.split(' ')[0])).size === claims.length;
        if (isClear) good = claims.sort();
        else failed += 1;
        expect(error?.code).toBe(isClear ? undefined : 'DERIVED_KEY_TWICE');
        const rows = (await platform.rows()).map((row) => JSON.parse(row) as { sku: string; owner: number });
        expect(rows.map(({ sku, owner }) => `${sku} ${owner}`).sort()).toEqual(good);
      }
      expect(failed).toBeGreaterThan(0);
    } finally {
      await platform.close();
    }
  });
});
