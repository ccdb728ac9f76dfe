/**
 * Brings `system.products` and `system.lineage` to what the mesh declares now: once at every start, by journaling what differs. A crash
 * in between is harmless, because the difference is then taken again. What was brought is remembered by its digest, in the commit that
 * brought it: a start on an unchanged mesh compares nothing.
 */
import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { randomName } from '../../base/random.ts';
import { fieldLineageRows, fieldRows, inputRows, productRows, type Row } from '../../catalog/mesh-rows.ts';
import type { BuiltInProduct } from '../../catalog/system/built-in-product.ts';
import { lineageProduct } from '../../catalog/system/lineage.ts';
import { productsProduct } from '../../catalog/system/products.ts';
import type { Mesh } from '../../spec/model.ts';
import { explainProduct } from '../../transform/explain.ts';
import { applyDifference } from '../capture/apply-difference.ts';
import type { Services } from '../capture/services.ts';
import { supervise } from '../capture/supervise.ts';
import { TaskMeter } from '../capture/task-status.ts';

const TASK = 'catalog';

interface Catalogued {
  readonly product: BuiltInProduct;
  /** A dataset of it. */
  readonly name: string;
  /** Nothing was ever journaled of the product. */
  readonly isFirst: boolean;
}

export class CatalogTask {
  readonly #services: Services;
  readonly #mesh: Mesh;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(services: Services, mesh: Mesh) {
    this.#services = services;
    this.#mesh = mesh;
  }

  start(): void {
    const { clock, log } = this.#services;
    const meter = new TaskMeter(TASK, () => clock.nowMs());
    const { signal } = this.#stop;
    this.#running = supervise({ name: TASK, meter, clock, log, signal, work: () => this.#work() });
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.#running;
  }

  async #work(): Promise<void> {
    const [products, lineage] = [this.#of(productsProduct), this.#of(lineageProduct)];
    await this.#bring({ ...products, name: 'products' }, productRows(this.#mesh));
    await this.#bring({ ...products, name: 'fields' }, fieldRows(this.#mesh));
    await this.#bring({ ...lineage, name: 'lineage' }, inputRows(this.#mesh));
    await this.#bring({ ...lineage, name: 'fields' }, await this.#fieldLineage());
  }

  #of(product: BuiltInProduct): Pick<Catalogued, 'product' | 'isFirst'> {
    return { product, isFirst: this.#services.journal.head(product.id) === 0 };
  }

  async #fieldLineage(): Promise<Row[]> {
    const products = new Map(this.#mesh.products.map((product) => [product.id, product]));
    const rows: Row[] = [];
    for (const product of this.#mesh.products.filter(({ transform }) => transform?.language === 'sql')) {
      if (this.#stop.signal.aborted) break;
      const { columns } = await explainProduct(this.#services.engine, product, products);
      rows.push(...fieldLineageRows(product, columns));
    }
    return rows;
  }

  async #bring({ product, name, isFirst }: Catalogued, rows: readonly Row[]): Promise<void> {
    const dataset = product.datasets.find((candidate) => candidate.name === name);
    if (!dataset) throw new Error(`Invariant broken: ${product.id} has no dataset "${name}"`);
    if (this.#stop.signal.aborted) return;
    const { journal, store, temporaryFolder } = this.#services;
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    const task = `${TASK}/${product.id}/${name}`;
    const digest = createHash('sha256').update(JSON.stringify(dataset.fields)).update(lines).digest('hex');
    if (journal.cursor(task) === digest) return;
    const staged = path.join(temporaryFolder, `catalog-${randomName()}.ndjson`);
    await writeFile(staged, lines);
    try {
      await applyDifference({
        journal,
        store,
        stream: product.id,
        dataset,
        staged,
        deletes: true,
        isFirst,
        cursors: [{ task, value: digest }],
      });
    } finally {
      await rm(staged, { force: true });
    }
  }
}
