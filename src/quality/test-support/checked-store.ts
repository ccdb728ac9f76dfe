/** For tests: a product with checks, a store that holds its records, and one look at it. */

import type { Product } from '../../spec/model.ts';
import { meshOf } from '../../spec/test-support/problems-in.ts';
import { TEST_START_MS, type TestEngines, TestStore } from '../../store/test-store.ts';
import { planChecks } from '../plan-checks.ts';
import type { CheckOutcome, CountRange, PlannedCheck } from '../planned-check.ts';
import { runChecks } from '../run-checks.ts';

const ITEMS = `product: shop.items
version: 1.0.0
owner: shop
purpose: To be checked.
inputs: { source: { from: push } }
`;

export const SHELVES = `product: shop.shelves
version: 1.0.0
owner: shop
purpose: To be referred to.
inputs: { source: { from: push } }
key: [code]
fields:
  code: string
`;

export interface Look {
  readonly since?: number;
  readonly clean?: ReadonlySet<string>;
  readonly ranges?: ReadonlyMap<string, CountRange>;
  readonly nowMs?: number;
}

export class CheckedStore {
  readonly test: TestStore;
  readonly product: Product;
  readonly checks: readonly PlannedCheck[];
  readonly #engines: TestEngines;

  private constructor(
    test: TestStore,
    product: Product,
    checks: readonly PlannedCheck[],
    engines: TestEngines,
  ) {
    this.test = test;
    this.product = product;
    this.checks = checks;
    this.#engines = engines;
  }

  /** `body` is the rest of the spec of `shop.items`. */
  static async open(engines: TestEngines, body: string): Promise<CheckedStore> {
    const mesh = meshOf({ 'items.product.yaml': ITEMS + body, 'shelves.product.yaml': SHELVES });
    const products = new Map(mesh.products.map((product) => [product.id, product]));
    const product = products.get('shop.items@1') as Product;
    const streams = mesh.products.map(({ id, datasets }) => ({ stream: id, datasets, historyMs: undefined }));
    const test = await TestStore.open(engines, streams);
    return new CheckedStore(test, product, planChecks(product, products), engines);
  }

  push(documents: readonly object[], op: 'upsert' | 'delete' = 'upsert'): Promise<number> {
    const records = documents.map((document) => ({ dataset: 'items', document: { ...document }, op }));
    return this.test.push('shop.items@1', records);
  }

  shelves(...codes: string[]): Promise<number> {
    return this.test.push(
      'shop.shelves@1',
      codes.map((code) => ({ dataset: 'shelves', document: { code } })),
    );
  }

  look({ since, clean = new Set(), ranges = new Map(), nowMs }: Look = {}): Promise<CheckOutcome[]> {
    const { store, journal, clock } = this.test;
    return runChecks(this.checks, {
      product: this.product,
      store,
      engine: this.#engines.reader,
      position: journal.head('shop.items@1'),
      since,
      batchSince: since,
      clean,
      ranges,
      references: new Map([['shop.shelves@1', journal.head('shop.shelves@1')]]),
      nowMs: nowMs ?? Math.max(clock.nowMs(), TEST_START_MS),
      recordTimeUs: journal.headTimeUs('shop.items@1'),
    });
  }

  /** Of the first declared check. */
  async outcome(look: Look = {}): Promise<CheckOutcome> {
    const found = (await this.look(look)).find(({ check }) => check.declared);
    if (!found) throw new Error('The spec declares no check.');
    return found;
  }

  close(): Promise<void> {
    return this.test.close();
  }
}
