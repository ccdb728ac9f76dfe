/**
 * A join of orders and customers, kept up to date by `rekey`: batches of changed orders, each from its push until the derived product's stream
 * tells of it. Baseline, over the same data: the same batches with the product computed as a whole each time (`mode: refresh`).
 *
 * One chart has batches of 1,000 over tables of growing size, the other one batches of growing size over the largest table: the cost
 * should go with the keys, not with the table. Both are printed, and drawn into a folder where one is given.
 *
 *     node scripts/bench.mjs rekey [orders of the largest table] [folder of the charts]
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { integerBetween, seededRandom } from '../src/base/random.ts';
import { WharfProcess } from '../test/support/wharf-process.ts';
import { type Bar, barChart } from './support/bar-chart.ts';
import { cpuSeconds } from './support/cpu.ts';
import { pushLines, untilCaughtUp } from './support/derived.ts';
import { lineChart } from './support/line-chart.ts';
import { count, median, sleep, timed, writeMesh } from './support/measure.ts';
import { WatchedStream } from './support/watched-stream.ts';

const largest = Number(process.argv[2] ?? 1_000_000);
const folder = process.argv[3];
const TABLES = [largest / 100, largest / 10, largest];
const BATCH = 1_000;
const BATCHES = [10, 100, BATCH, 10_000];
const CUSTOMERS_SHARE = 0.1;
const ROUNDS = { rekey: 31, refresh: 11 } as const;
const WARM_UP_ROUNDS = 5;
/** What is done in the background after the first steps is over once the process uses less than this share of a processor ... */
const IDLE_SHARE = 0.1;
const IDLE_LOOK_MS = 1_000;
/** ... or after so long. */
const IDLE_WAIT_MS = 180_000;
const WANTED = 20;
const LOAD_BATCH = 20_000;
/** Larger than any amount that is drawn. */
const FIRST_MARK = 1_000_000;
const random = seededRandom(20_261_121);

const source = (name: string, fields: string) => `product: shop.${name}
version: 1.0.0
owner: shop
purpose: To be joined.
inputs: { source: { from: push } }
key: [id]
fields: { ${fields} }
access: [{ allow: [anyone] }]
`;
const sales = (mode: keyof typeof ROUNDS) => `product: shop.sales
version: 1.0.0
owner: shop
purpose: The join.
inputs: { orders: shop.orders@1, customers: shop.customers@1 }
transform:
  mode: ${mode}
  sql: select orders.id, customer, amount, city from orders join customers on customers.id = orders.customer
key: [id]
fields: { id: integer, customer: integer, amount: integer, city: string }
access: [{ allow: [anyone] }]
`;
const MESH = new Map([
  [
    'mesh.yaml',
    'mesh: bench\ndomains:\n  shop: { owner: shop }\nteams:\n  shop: { contact: a@example.com }\n',
  ],
  ['orders.product.yaml', source('orders', 'id: integer, customer: integer, amount: integer')],
  ['customers.product.yaml', source('customers', 'id: integer, city: string')],
  ['sales.product.yaml', sales('rekey')],
]);

function lines(from: number, length: number, line: (id: number) => string): string[] {
  return Array.from({ length }, (_, i) => line(from + i));
}

interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
}

/** A mesh with tables of one size; what is measured are pushes of changed orders. */
class Shop {
  readonly #mesh: string;
  readonly #orders: number;
  #wharf: WharfProcess;
  #mark = FIRST_MARK;

  private constructor(mesh: string, orders: number, wharf: WharfProcess) {
    this.#mesh = mesh;
    this.#orders = orders;
    this.#wharf = wharf;
  }

  static async open(orders: number): Promise<Shop> {
    const mesh = await writeMesh(MESH);
    const shop = new Shop(mesh, orders, await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') }));
    const customers = orders * CUSTOMERS_SHARE;
    await shop.#load('customers', customers, (id) => `{"id":${id},"city":"city-${id % 500}"}`);
    await shop.#load('orders', orders, (id) => shop.#order(id));
    await shop.#settled();
    return shop;
  }

  /** From the push of a batch until the derived product stands for it. */
  async batch(size: number, rounds: number): Promise<Cost> {
    const stream = await WatchedStream.open(`${this.#wharf.url}/p/shop.sales/v1`);
    try {
      for (let round = 0; round < WARM_UP_ROUNDS; round++) await this.#pushChanges(stream, size);
      await this.#untilIdle();
      await this.#pushChanges(stream, size);
      const times: number[] = [];
      const usedBefore = cpuSeconds(this.#wharf.pid);
      for (let round = 0; round < rounds; round++)
        times.push((await timed(() => this.#pushChanges(stream, size))).ms);
      const cpuMs = ((cpuSeconds(this.#wharf.pid) - usedBefore) * 1_000) / rounds;
      return { ms: median(times), cpuMs };
    } finally {
      await stream.close();
    }
  }

  /** The last of the changes is one that nothing else makes, so that the stream tells when it has come. */
  async #pushChanges(stream: WatchedStream, size: number): Promise<void> {
    const some = () => integerBetween(random, 1, this.#orders);
    const mark = ++this.#mark;
    const came = stream.until(`"amount":${mark}`);
    const drawn = lines(1, size - 1, () => this.#order(some()));
    await this.#push('orders', [...drawn, this.#order(some(), mark)]);
    await came;
  }

  async #untilIdle(): Promise<void> {
    for (let waited = 0; waited < IDLE_WAIT_MS; waited += IDLE_LOOK_MS) {
      const before = cpuSeconds(this.#wharf.pid);
      await sleep(IDLE_LOOK_MS);
      if ((cpuSeconds(this.#wharf.pid) - before) * 1_000 < IDLE_SHARE * IDLE_LOOK_MS) return;
    }
  }

  async change(mode: keyof typeof ROUNDS): Promise<void> {
    await this.#wharf.stop();
    await writeFile(path.join(this.#mesh, 'sales.product.yaml'), sales(mode));
    this.#wharf = await WharfProcess.start({ mesh: this.#mesh, data: path.join(this.#mesh, '.wharf') });
    await this.#wharf.untilReady();
    await this.#settled();
  }

  async close(): Promise<void> {
    await this.#wharf.stop();
    await rm(this.#mesh, { recursive: true });
  }

  #order(id: number, amount = integerBetween(random, 1, 1_000)): string {
    const customer = integerBetween(random, 1, this.#orders * CUSTOMERS_SHARE);
    return `{"id":${id},"customer":${customer},"amount":${amount}}`;
  }

  async #load(product: string, total: number, line: (id: number) => string): Promise<void> {
    for (let id = 1; id <= total; id += LOAD_BATCH)
      await this.#push(product, lines(id, Math.min(LOAD_BATCH, total - id + 1), line));
  }

  #push(product: string, batch: readonly string[]): Promise<void> {
    return pushLines(`${this.#wharf.url}/p/shop.${product}/v1/inputs/source`, batch);
  }

  #settled(): Promise<void> {
    return untilCaughtUp(this.#wharf, 'shop.sales@1');
  }
}

const byTable: { readonly orders: number; readonly rekey: Cost; readonly refresh: Cost }[] = [];
const byBatch: { readonly size: number; readonly cost: Cost }[] = [];
for (const orders of TABLES) {
  const shop = await Shop.open(orders);
  try {
    const rekey = await shop.batch(BATCH, ROUNDS.rekey);
    if (orders === largest) {
      for (const size of BATCHES) {
        byBatch.push({ size, cost: size === BATCH ? rekey : await shop.batch(size, ROUNDS.rekey) });
      }
    }
    await shop.change('refresh');
    byTable.push({ orders, rekey, refresh: await shop.batch(BATCH, ROUNDS.refresh) });
  } finally {
    await shop.close();
  }
}
const barsOf = (unit: keyof Cost): readonly Bar[] =>
  byTable.flatMap(({ orders, rekey, refresh }) => [
    { name: `${count(orders)} orders, rekey`, value: rekey[unit] },
    { name: 'the whole each time', value: refresh[unit] },
  ]);
console.log(
  `${count(BATCH)} changed orders, from the push to the derived product, milliseconds by the table's size:`,
);
console.log(barChart(barsOf('ms')));
console.log('\nthe same, milliseconds of processor time:');
console.log(barChart(barsOf('cpuMs')));
console.log(`\nrekey over ${count(largest)} orders, milliseconds of processor time by the batch's size:`);
console.log(
  barChart(byBatch.map(({ size, cost }) => ({ name: `${count(size)} changes`, value: cost.cpuMs }))),
);
if (folder !== undefined) await drawCharts(folder);
for (const { orders, rekey, refresh } of byTable)
  console.log(
    `${count(BATCH)} changes to ${count(orders)} orders: rekey ${rekey.ms.toFixed(0)} ms, the whole each time ${refresh.ms.toFixed(0)} ms; ${(refresh.ms / rekey.ms).toFixed(1)} times faster, ${(refresh.cpuMs / rekey.cpuMs).toFixed(1)} times less processor time (wanted ${WANTED})`,
  );

async function drawCharts(into: string): Promise<void> {
  const y = 'ms of processor time';
  const curve = (name: string, mode: keyof typeof ROUNDS) => ({
    name,
    points: byTable.map((row) => [row.orders, row[mode].cpuMs] as const),
  });
  const tables = lineChart(
    `${count(BATCH)} changed orders, joined with customers`,
    { x: 'orders in the table', y },
    [curve('rekey', 'rekey'), curve('the whole each time', 'refresh')],
  );
  const points = byBatch.map(({ size, cost }) => [size, cost.cpuMs] as const);
  const batches = lineChart(`Changes to ${count(largest)} orders`, { x: 'changed orders', y }, [
    { name: 'rekey', points },
  ]);
  await mkdir(into, { recursive: true });
  for (const [name, chart] of [
    ['rekey-by-table', tables],
    ['rekey-by-batch', batches],
  ] as const) {
    await writeFile(path.join(into, `${name}.svg`), chart);
    console.log(`chart: charts/${name}.svg`);
  }
}
