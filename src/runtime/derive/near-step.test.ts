import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEED } from '../../../test/support/seed.ts';
import { present } from '../../base/assert.ts';
import { integerBetween, oneOf, type Random, seededRandom } from '../../base/random.ts';
import { columnsOf, type Dataset, type Field } from '../../schema/field.ts';
import { rowJsonSql } from '../../schema/json-form.ts';
import type { Slice } from '../../schema/slice.ts';
import { createSliceValidator } from '../../schema/slice-validator.ts';
import { TestEngines, type TestRecord, TestStore } from '../../store/test-store.ts';
import { chooseWay } from '../../transform/choose-way.ts';
import { type DerivePlan, type DeriveTable, derivedRowsSql } from '../../transform/derive-plan.ts';
import { type NearPlan, planNear } from '../../transform/plan/near-plan.ts';
import type { Services } from '../capture/services.ts';
import { Published } from '../published.ts';
import { validDifference } from './compute-difference.ts';
import type { Derivation } from './derivation.ts';
import { journalDifference } from './journal-difference.ts';
import { NearStep } from './near-step.ts';
import { openInputs, publishedPositions } from './open-inputs.ts';

const STEPS = Number(process.env.WHARF_TEST_ROUNDS ?? 8);
const SIGNAL = new AbortController().signal;
const OUT = 'shop.out@1';

const field = (name: string, type: Field['type'], more: Partial<Field> = {}): Field => ({
  name,
  type,
  ...more,
});
const dataset = (name: string, key: readonly string[], fields: readonly Field[]): Dataset => ({
  name,
  key,
  fields,
  extra: 'refuse',
});
const ORDERS = dataset(
  'orders',
  ['id'],
  [
    field('id', 'integer'),
    field('cust', 'integer'),
    field('n', 'decimal', { precision: 30, scale: 10 }),
    field('tags', 'array', { items: field('items', 'string') }),
    field('at', 'timestamp'),
  ],
);
const CUSTS = dataset(
  'custs',
  ['id'],
  [
    field('id', 'integer'),
    field('city', 'string'),
    field('boss', 'integer'),
    field('pos', 'object', { fields: [field('x', 'number'), field('y', 'number')] }),
  ],
);
const LINES = dataset(
  'lines',
  ['part', 'id'],
  [field('id', 'integer'), field('part', 'string'), field('n', 'integer')],
);
const PRICES = dataset(
  'prices',
  ['p'],
  [field('p', 'decimal', { precision: 30, scale: 10 }), field('n', 'integer')],
);
const TABLES = [ORDERS, CUSTS, LINES, PRICES];
const WIDE = ['12345678901234567890.0123456789', '12345678901234567890.0123456788', '0.0000000001', '-7'];
const DOUBLES = [0, -0, 0.1 + 0.2, 1e-7, 1e-5, 5e-324, 1e15, 1e16, 1e21, 123_456_789.123_456_79, -1.5e300];

interface Case {
  readonly sql: string;
  readonly key: readonly string[];
  readonly fields: readonly Field[];
}

const int = (...names: string[]) => names.map((name) => field(name, 'integer'));
const text = (...names: string[]) => names.map((name) => field(name, 'string'));
const wide = (...names: string[]) =>
  names.map((name) => field(name, 'decimal', { precision: 38, scale: 10 }));

const CASES: readonly Case[] = [
  {
    sql: 'select p, n from prices where n > 1',
    key: ['p'],
    fields: [field('p', 'decimal', { precision: 30, scale: 10 }), ...int('n')],
  },
  { sql: 'select id, n * 2 as n from orders where n > 3', key: ['id'], fields: [...int('id'), ...wide('n')] },
  {
    sql: 'select id, sum(n) as n, count(*) as c from orders group by id',
    key: ['id'],
    fields: [...int('id'), ...wide('n'), ...int('c')],
  },
  {
    sql: 'select o.id, o.tags, o.at, c.city, c.pos from orders o join custs c on c.id = o.cust',
    key: ['id'],
    fields: [
      ...int('id'),
      field('tags', 'array', { items: field('items', 'string') }),
      field('at', 'timestamp'),
      ...text('city'),
      field('pos', 'object', { fields: [field('x', 'number'), field('y', 'number')] }),
    ],
  },
  {
    sql: 'select o.id, c.city, b.city as boss from orders o left join custs c on c.id = o.cust left join custs b on b.id = c.boss',
    key: ['id'],
    fields: [...int('id'), ...text('city', 'boss')],
  },
  {
    sql: 'select part as p, id as i, n + 1 as n from lines where n is not null',
    key: ['i', 'p'],
    fields: [...int('i'), ...text('p'), ...int('n')],
  },
  {
    sql: 'select a.id, b.n as m from orders a left join orders b on a.id = b.id where b.n is null or b.n > 2',
    key: ['id'],
    fields: [...int('id'), ...wide('m')],
  },
  {
    sql: 'select id, c.city from orders anti join (select id as i from custs) c2 on c2.i = orders.cust left join custs c using (id)',
    key: ['id'],
    fields: [...int('id'), ...text('city')],
  },
];

function recordOf(random: Random, of: Dataset): TestRecord {
  const some = <T>(value: () => T): T | null => (random.next() < 0.15 ? null : value());
  const id = integerBetween(random, 1, of === CUSTS ? 5 : 12);
  const part = oneOf(random, ['a', "b'", 'é"\\ \n', '']);
  const keys = { orders: { id }, custs: { id }, lines: { id, part }, prices: { p: oneOf(random, WIDE) } };
  const key = keys[of.name as keyof typeof keys];
  if (random.next() < 0.25) return { dataset: of.name, document: key, op: 'delete' };
  const others = {
    orders: () => ({
      cust: some(() => integerBetween(random, 1, 6)),
      n: some(() => oneOf(random, ['12345678901234567890.0123456789', '0.0000000001', '-7', '3.5'])),
      tags: some(() => [oneOf(random, ["it's", '"', 'ü']), null]),
      at: some(() => `2024-02-${integerBetween(random, 10, 29)}T01:02:03.${integerBetween(random, 1, 9)}Z`),
    }),
    custs: () => ({
      city: some(() => oneOf(random, ['Oslo', "L'Aquila", ''])),
      boss: some(() => integerBetween(random, 1, 6)),
      pos: some(() => ({ x: some(() => oneOf(random, DOUBLES)), y: 1e21 })),
    }),
    lines: () => ({ n: some(() => integerBetween(random, 1, 3)) }),
    prices: () => ({ n: some(() => integerBetween(random, 1, 3)) }),
  }[of.name as keyof typeof keys]();
  return { dataset: of.name, document: { ...key, ...others } };
}

/** A derived product over the tables that its query names; of these only the first one moves while it is kept up to date. */
class NearProduct {
  readonly test: TestStore;
  readonly services: Services;
  readonly #engines: TestEngines;
  readonly #plan: DerivePlan;
  readonly #derivation: Derivation;
  readonly #step: NearStep;
  #from: Record<string, number> = {};
  #pushed: { readonly stream: string; readonly records: readonly TestRecord[] }[] = [];

  private constructor(test: TestStore, engines: TestEngines, plan: DerivePlan, near: NearPlan) {
    this.test = test;
    this.#engines = engines;
    this.#plan = plan;
    const validate = async (of: Dataset, op: 'upsert' | 'delete', slice: Slice) =>
      createSliceValidator(of, { op })(slice);
    const { journal, store } = test;
    const published = new Published(journal);
    this.services = {
      journal,
      published,
      store,
      engine: engines.writer,
      pool: { validate },
    } as unknown as Services;
    const product = { id: OUT };
    this.#derivation = { services: this.services, plan, product, depth: 1 } as unknown as Derivation;
    this.#step = new NearStep(this.#derivation, near);
  }

  static async open(engines: TestEngines, { sql, key, fields }: Case): Promise<NearProduct> {
    const tables = TABLES.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(sql)).map(tableOf);
    const plan: DerivePlan = { language: 'sql', sql, tables, dataset: dataset('out', key, fields) };
    const { way } = await chooseWay(engines.writer, plan);
    const near = way.kind === 'rekey' ? planNear(plan, way.rekey) : undefined;
    if (!near) throw new Error(`expected a way by look-ups, found ${JSON.stringify(way)}`);
    const datasets = [...tables, { stream: OUT, dataset: plan.dataset }];
    const schemas = datasets.map((of) => ({
      stream: of.stream,
      datasets: [of.dataset],
      historyMs: undefined,
    }));
    return new NearProduct(await TestStore.open(engines, schemas), engines, plan, near);
  }

  /** The records that came last, once more. */
  async pushAgain(): Promise<void> {
    for (const { stream, records } of this.#pushed) await this.test.push(stream, records);
  }

  async push(random: Random, which: 'first' | 'others'): Promise<void> {
    this.#pushed = [];
    const [first, ...others] = this.#plan.tables;
    for (const table of which === 'first' ? [present(first, 'a query reads a table')] : others) {
      const records = Array.from({ length: integerBetween(random, 1, 8) }, () =>
        recordOf(random, table.dataset),
      );
      await this.test.push(table.stream, records);
      this.#pushed.push({ stream: table.stream, records });
    }
  }

  /** From now on only what moves is looked at. */
  begin(): void {
    this.#from = { ...publishedPositions(this.services, this.#plan) };
  }

  /** What came of the first table goes from the journal to files. */
  async flush(): Promise<void> {
    const [first] = this.#plan.tables;
    await this.test.store.flush(first?.stream ?? '');
  }

  /** False when the step cannot be taken by look-ups. */
  async step(): Promise<boolean> {
    const change = await this.#step.take(this.#from, SIGNAL);
    if (!change) return false;
    const difference = await validDifference(this.#derivation, change);
    const reached = { positions: change.positions, transform: '' };
    if (difference.deletes.count + difference.upserts.count > 0)
      await journalDifference(this.#derivation, difference, reached, SIGNAL);
    this.#from = { ...change.positions };
    return true;
  }

  /** The product's rows, from files. */
  async state(): Promise<string[]> {
    const relation = await this.test.store.snapshot(OUT, 'out', this.test.journal.head(OUT));
    return this.#rows([], relation.sql).finally(() => relation.release());
  }

  /** The query's rows, from files. */
  async answer(): Promise<string[]> {
    const positions = publishedPositions(this.services, this.#plan);
    const { setup, release } = await openInputs(this.services, this.#plan, positions);
    return this.#rows(setup, derivedRowsSql(this.#plan)).finally(release);
  }

  async #rows(setup: readonly string[], sql: string): Promise<string[]> {
    const select = `select ${rowJsonSql(columnsOf(this.#plan.dataset))} from (${sql}) order by 1`;
    const { rows } = await this.#engines.writer.run([...setup, select]);
    return rows.map(([row]) => String(row));
  }
}

function tableOf(of: Dataset): DeriveTable {
  return { name: of.name, stream: `shop.${of.name}@1`, dataset: of, forgets: false };
}

describe('a step by look-ups', () => {
  let engines: TestEngines;
  beforeAll(async () => {
    engines = await TestEngines.start();
  });
  afterAll(() => engines.close());

  it.each(CASES)('gives what the query gives: $sql', async (of) => {
    const random = seededRandom(SEED);
    const product = await NearProduct.open(engines, of);
    try {
      await product.push(random, 'others');
      product.begin();
      for (let n = 0; n < STEPS; n++) {
        await product.push(random, 'first');
        expect(await product.step(), `seed ${SEED}, step ${n}`).toBe(true);
        expect(await product.state(), `seed ${SEED}, step ${n}`).toEqual(await product.answer());
        const head = product.test.journal.head(OUT);
        await product.pushAgain();
        expect(await product.step(), `seed ${SEED}, step ${n}`).toBe(true);
        expect(product.test.journal.head(OUT), 'what changes nothing writes nothing').toBe(head);
        if (n === STEPS / 2) await product.flush();
      }
    } finally {
      await product.test.close();
    }
  });

  it('is not taken when what moved is known by other rows, or is no longer in the journal, or behind a gate', async () => {
    const random = seededRandom(SEED);
    const product = await NearProduct.open(engines, present(CASES[3], 'the join'));
    try {
      await product.push(random, 'others');
      await product.push(random, 'first');
      product.begin();
      await product.push(random, 'others');
      expect(await product.step()).toBe(false);
      product.begin();
      await product.push(random, 'first');
      await product.flush();
      expect(await product.step()).toBe(false);
      product.begin();
      await product.services.published.gate([OUT]);
      await product.push(random, 'first');
      expect(await product.step()).toBe(false);
    } finally {
      await product.test.close();
    }
  });

  it('journals deletes and rows in the order of their keys, as the other ways do, whatever order the records came in', async () => {
    const sql = 'select id, cust from orders where cust is not null';
    const product = await NearProduct.open(engines, { sql, key: ['id'], fields: int('id', 'cust') });
    const order = (id: number, cust: number | null) => ({ dataset: 'orders', document: { id, cust } });
    const journaled = () =>
      [...product.test.journal.read(OUT, 1)].flatMap(({ body }) =>
        Buffer.from(body).toString().trim().split('\n'),
      );
    try {
      product.begin();
      await product.test.push(
        'shop.orders@1',
        [10, 9, 3, 2].map((id) => order(id, 1)),
      );
      expect(await product.step()).toBe(true);
      await product.test.push('shop.orders@1', [order(10, null), order(11, 1), order(9, null), order(1, 1)]);
      expect(await product.step()).toBe(true);
      const ids = journaled().map((line) => (JSON.parse(line) as { id: number }).id);
      expect(ids).toEqual([2, 3, 9, 10, 9, 10, 1, 11]);
    } finally {
      await product.test.close();
    }
  });

  it('is not taken when a key comes twice, so that the key is named', async () => {
    const sql = 'select id, 1 as n from orders union all select id, 2 as n from orders';
    const product = await NearProduct.open(engines, { sql, key: ['id'], fields: int('id', 'n') });
    try {
      product.begin();
      await product.test.push('shop.orders@1', [{ dataset: 'orders', document: { id: 1 } }]);
      expect(await product.step()).toBe(false);
    } finally {
      await product.test.close();
    }
  });
});
