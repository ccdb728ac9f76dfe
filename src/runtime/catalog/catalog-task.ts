/**
 * Brings `system.products` and `system.lineage` to what the mesh declares now: once at every start, by journaling what differs. A crash
 * in between is harmless, because the difference is then taken again.
 */
import { writeFile } from 'node:fs/promises';
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
    await this.#bring(productsProduct, 'products', productRows(this.#mesh));
    await this.#bring(productsProduct, 'fields', fieldRows(this.#mesh));
    await this.#bring(lineageProduct, 'lineage', inputRows(this.#mesh));
    await this.#bring(lineageProduct, 'fields', await this.#fieldLineage());
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

  async #bring(product: BuiltInProduct, name: string, rows: readonly Row[]): Promise<void> {
    const dataset = product.datasets.find((candidate) => candidate.name === name);
    if (!dataset) throw new Error(`Invariant broken: ${product.id} has no dataset "${name}"`);
    if (this.#stop.signal.aborted) return;
    const { journal, store, temporaryFolder } = this.#services;
    const staged = path.join(temporaryFolder, `catalog-${randomName()}.ndjson`);
    await writeFile(staged, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    await applyDifference({
      journal,
      store,
      stream: product.id,
      dataset,
      staged,
      deletes: true,
      cursors: [],
    });
  }
}
