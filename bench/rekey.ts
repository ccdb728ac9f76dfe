/**
 * A join of orders and customers, kept up to date by `rekey`: batches of 1,000 changed orders, each until the derived product has
 * caught up. Baseline in the same run: the same product computed as a whole (`wharf replay`). The second table has batches of several
 * sizes, over a table of a tenth and over the whole one: the cost should go with the keys, not with the table.
 *
 *     node scripts/bench.mjs rekey [orders] [customers]
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { integerBetween, seededRandom } from '../src/base/random.ts';
import { WharfProcess } from '../test/support/wharf-process.ts';
import { pushLines, recompute, untilCaughtUp } from './support/derived.ts';
import { count, median, timed, writeMesh } from './support/measure.ts';

const orders = Number(process.argv[2] ?? 1_000_000);
const customers = Number(process.argv[3] ?? 100_000);
const SIZES = [10, 100, 1_000, 10_000];
const ROUNDS = 5;
const LOAD_BATCH = 20_000;
const random = seededRandom(20_261_121);

const mesh = await writeMesh(
  new Map([
    [
      'mesh.yaml',
      'mesh: bench\ndomains:\n  shop: { owner: shop }\nteams:\n  shop: { contact: a@example.com }\n',
    ],
    [
      'orders.product.yaml',
      `product: shop.orders
version: 1.0.0
owner: shop
purpose: To be joined.
inputs: { source: { from: push } }
key: [id]
fields: { id: integer, customer: integer, amount: integer }
access: [{ allow: [anyone] }]
`,
    ],
    [
      'customers.product.yaml',
      `product: shop.customers
version: 1.0.0
owner: shop
purpose: To be joined.
inputs: { source: { from: push } }
key: [id]
fields: { id: integer, city: string }
access: [{ allow: [anyone] }]
`,
    ],
    [
      'sales.product.yaml',
      `product: shop.sales
version: 1.0.0
owner: shop
purpose: The join.
inputs: { orders: shop.orders@1, customers: shop.customers@1 }
transform:
  mode: rekey
  sql: select orders.id, customer, amount, city from orders join customers on customers.id = orders.customer
key: [id]
fields: { id: integer, customer: integer, amount: integer, city: string }
access: [{ allow: [anyone] }]
`,
    ],
  ]),
);

const order = (id: number) =>
  `{"id":${id},"customer":${integerBetween(random, 1, customers)},"amount":${integerBetween(random, 1, 1_000)}}`;
const customer = (id: number) => `{"id":${id},"city":"city-${id % 500}"}`;

const data = path.join(mesh, '.wharf');
const wharf = await WharfProcess.start({ mesh, data });
const push = (product: string, lines: readonly string[]) =>
  pushLines(`${wharf.url}/p/${product}/v1/inputs/source`, lines);

async function load(product: string, from: number, to: number, line: (id: number) => string): Promise<void> {
  for (let id = from; id <= to; id += LOAD_BATCH) {
    const length = Math.min(LOAD_BATCH, to - id + 1);
    await push(
      product,
      Array.from({ length }, (_, i) => line(id + i)),
    );
  }
}

/** Milliseconds from before a batch is pushed until the derived product stands for it. */
async function batchMs(size: number, range: number): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const lines = Array.from({ length: size }, () => order(integerBetween(random, 1, range)));
    const { ms } = await timed(async () => {
      await push('shop.orders', lines);
      await untilCaughtUp(wharf, 'shop.sales@1');
    });
    times.push(ms);
  }
  return median(times);
}

async function measure(range: number): Promise<{ sizes: number[]; wholeMs: number }> {
  await untilCaughtUp(wharf, 'shop.sales@1');
  const sizes: number[] = [];
  for (const size of SIZES) sizes.push(await batchMs(size, range));
  const whole: number[] = [];
  for (let round = 0; round < 3; round++) whole.push((await timed(() => recompute(data, 'shop.sales'))).ms);
  return { sizes, wholeMs: median(whole) };
}

try {
  await load('shop.customers', 1, customers, customer);
  const small = Math.floor(orders / 10);
  await load('shop.orders', 1, small, order);
  const few = await measure(small);
  await load('shop.orders', small + 1, orders, order);
  const all = await measure(orders);
  console.log(
    `orders   ${SIZES.map((size) => `${count(size)} changes`.padStart(16)).join('')}           whole`,
  );
  for (const [name, result] of [
    [count(small), few],
    [count(orders), all],
  ] as const) {
    const cells = result.sizes.map((ms) => `${ms.toFixed(0)} ms`.padStart(16));
    console.log(`${name.padEnd(9)}${cells.join('')}${`${result.wholeMs.toFixed(0)} ms`.padStart(16)}`);
  }
  const batch = all.sizes[SIZES.indexOf(1_000)] ?? Number.NaN;
  console.log(
    `rekey, 1,000 changes to ${count(orders)} orders: ${batch.toFixed(0)} ms; the whole: ${all.wholeMs.toFixed(0)} ms; ${(all.wholeMs / batch).toFixed(1)} times faster (wanted 20)`,
  );
} finally {
  await wharf.stop();
  await rm(mesh, { recursive: true });
}
