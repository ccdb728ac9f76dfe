import type { Product } from '../spec/model.ts';
import type { DatasetStats } from '../store/store.ts';
import type { AccessControl } from './access/access-control.ts';
import type { Asker } from './access/asker.ts';
import { seenInputs } from './access/seen-inputs.ts';
import type { TaskStatus } from './capture/task-status.ts';
import type { DeliveryStatus } from './deliver/delivery-task.ts';
import type { Platform } from './platform.ts';
import type { ProductRuntime } from './product-runtime.ts';
import { type QualitySummary, qualitySummary } from './quality/quality-report.ts';

export type Health = 'ok' | 'busy' | 'failing';

/** How one product version is doing: one line of `wharf status`. */
export interface ProductStatus {
  readonly product: string;
  readonly version: string;
  readonly owner: string;
  readonly tier: string;
  readonly health: Health;
  readonly position: number;
  /** When the last record was journaled; undefined before the first. */
  readonly lastRecordAt: string | undefined;
  /** Rejects that nobody has closed. */
  readonly rejects: number;
  /** True when earlier source records were mapped by another transform than the one declared now. */
  readonly outdated: boolean;
  readonly quality: QualitySummary;
  readonly tasks: readonly TaskStatus[];
  readonly deliveries: readonly DeliveryStatus[];
  readonly datasets: readonly DatasetStats[];
}

export async function productStatus(platform: Platform, runtime: ProductRuntime): Promise<ProductStatus> {
  const { product } = runtime;
  const { journal, published, store, rejects } = platform.services;
  const deliveries = platform.deliveries.of(product.id);
  const tasks = [...runtime.tasks(), ...deliveries.map((task) => task.taskStatus())];
  const timeUs = journal.headTimeUs(product.id);
  return {
    product: product.id,
    version: product.version,
    owner: product.owner,
    tier: product.tier,
    health: healthOf(tasks),
    position: published.position(product.id),
    lastRecordAt: timeUs === 0 ? undefined : new Date(timeUs / 1_000).toISOString(),
    rejects: (await rejects.openCounts()).get(product.id) ?? 0,
    outdated: runtime.outdated,
    quality: qualitySummary(platform, runtime),
    tasks,
    deliveries: deliveries.map((task) => task.status()),
    datasets: store.stats(product.id),
  };
}

function healthOf(tasks: readonly TaskStatus[]): Health {
  if (tasks.some((task) => task.state === 'failed' || task.state === 'retrying')) return 'failing';
  return tasks.some((task) => task.state === 'starting' || task.state === 'running') ? 'busy' : 'ok';
}

/** All products, those in trouble first. */
export async function platformStatus(platform: Platform): Promise<ProductStatus[]> {
  const order: Health[] = ['failing', 'busy', 'ok'];
  const all = await Promise.all(
    [...platform.products.declared.values()].map((runtime) => productStatus(platform, runtime)),
  );
  return all.sort(
    (a, b) => order.indexOf(a.health) - order.indexOf(b.health) || (a.product < b.product ? -1 : 1),
  );
}

/** Those that somebody may know of. How its tasks are doing is told to who may read all of a product: what went wrong may quote its values. */
export async function seenStatus(platform: Platform, asker: Asker): Promise<ProductStatus[]> {
  const { access } = platform;
  return (await platformStatus(platform)).flatMap((status) => {
    const { product } = platform.products.get(status.product);
    if (!access.sees(product, asker)) return [];
    return access.allowsAll(product, asker, 'read') && seesInputs(access, product, asker)
      ? [status]
      : [{ ...status, tasks: [], deliveries: [] }];
  });
}

function seesInputs(access: AccessControl, product: Product, asker: Asker): boolean {
  const seen = new Set(access.seen(asker).map(({ id }) => id));
  return seenInputs(product, seen).length === product.inputs.length;
}
