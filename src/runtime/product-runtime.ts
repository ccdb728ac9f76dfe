/** One product version at work: its inputs' tasks, and what can be said of them. */

import type { InputConnector, MeshContext } from '../kit/input.ts';
import type { ProductDescription } from '../kit/reader.ts';
import { columnsOf } from '../schema/field.ts';
import type { ExternalInput, Product } from '../spec/model.ts';
import type { StreamSchema } from '../store/store.ts';
import { type DerivePlan, depthOf, derivePlanOf, isDerived } from '../transform/derive-plan.ts';
import { CaptureTask } from './capture/capture-task.ts';
import { destinationOf } from './capture/destination.ts';
import type { Services } from './capture/services.ts';
import type { TaskStatus } from './capture/task-status.ts';
import type { Derivation } from './derive/derivation.ts';
import type { Positions } from './derive/derive-cursor.ts';
import { DeriveTask } from './derive/derive-task.ts';
import { TypescriptDerivation } from './derive/typescript-derivation.ts';
import { type DerivedReport, verifyDerived } from './derive/verify-derived.ts';
import { MapTask } from './mapping/map-task.ts';
import type { PushService } from './push/push-service.ts';
import type { AlertService } from './quality/alert-service.ts';
import type { CheckTask } from './quality/check-task.ts';
import { checkTaskOf } from './quality/check-task-of.ts';

export interface ProductRuntimeOptions {
  readonly services: Services;
  readonly product: Product;
  readonly connectors: ReadonlyMap<string, InputConnector>;
  readonly context: (input: ExternalInput) => MeshContext;
  readonly push: PushService;
  /** All products of the mesh, by id. */
  readonly products: ReadonlyMap<string, Product>;
  readonly alerts?: AlertService;
}

export class ProductRuntime {
  readonly product: Product;
  readonly description: ProductDescription;
  readonly #options: ProductRuntimeOptions;
  readonly #captures: readonly CaptureTask[];
  readonly #maps: readonly MapTask[];
  readonly #derivation: Derivation | undefined;
  readonly #derive: DeriveTask | undefined;
  /** Undefined when nothing of the product is to be checked while it runs. */
  readonly checks: CheckTask | undefined;

  constructor(options: ProductRuntimeOptions) {
    this.#options = options;
    this.product = options.product;
    this.description = describe(options.product);
    for (const schema of streamSchemas(options.product)) options.services.store.open(schema);
    this.#captures = this.#externalInputs().flatMap((input) => this.#captureTask(input));
    this.#maps = this.#mapTasks();
    const { services, product } = options;
    const plan = derivePlanOf(product, options.products);
    this.#derivation = plan && derivationOf(options, plan);
    this.#derive = this.#derivation && new DeriveTask(this.#derivation);
    this.checks = checkTaskOf(services, product, options.products, options.alerts);
  }

  start(): void {
    for (const task of [...this.#maps, ...this.#captures]) task.start();
    this.#derive?.start();
    this.checks?.start();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#captures, ...this.#maps].map((task) => task.stop()));
    await Promise.all([this.#derive?.stop(), this.checks?.stop()]);
  }

  /** Has all source records mapped again, or the query run again. False when the product has no transform. */
  async replay(): Promise<boolean> {
    for (const map of this.#maps) await map.replay();
    await this.#derive?.recompute();
    return this.#maps.length > 0 || this.#derive !== undefined;
  }

  /** Compares a derived product with its query; undefined for any other. Throws DERIVED_NOT_YET. */
  async verifyDerived(): Promise<DerivedReport | undefined> {
    return this.#derivation && verifyDerived(this.#derivation, this.#derive?.cursor);
  }

  /** The positions of the inputs that a derived product's newest state was computed from, by the id of the product read. */
  get inputPositions(): Positions | undefined {
    return this.#derive?.cursor?.positions;
  }

  /** True when the transform was changed and earlier source records were not mapped again. */
  get outdated(): boolean {
    return this.#maps.some((map) => map.outdated) || (this.#derive?.outdated ?? false);
  }

  tasks(): TaskStatus[] {
    const { push } = this.#options;
    const pushes = this.#externalInputs()
      .filter((input) => this.#connector(input).kind === 'push')
      .map((input) => push.statusOf(this.product, input));
    return [
      ...this.#captures.map((task) => task.status()),
      ...pushes,
      ...this.#maps.map((task) => task.status()),
      ...(this.#derive ? [this.#derive.status()] : []),
      ...(this.checks ? [this.checks.status()] : []),
    ];
  }

  #externalInputs(): ExternalInput[] {
    return this.product.inputs.filter((input) => input.kind === 'external');
  }

  #connector(input: ExternalInput): InputConnector {
    const connector = this.#options.connectors.get(input.from);
    if (!connector) throw new Error(`Invariant broken: the input kind "${input.from}" passed the check`);
    return connector;
  }

  #captureTask(input: ExternalInput): CaptureTask[] {
    const connector = this.#connector(input);
    if (connector.kind !== 'pull') return [];
    const { services, product, context } = this.#options;
    return [new CaptureTask({ services, product, input, connector, context: context(input) })];
  }

  #mapTasks(): MapTask[] {
    const { services, product } = this.#options;
    const { transform } = product;
    if (!transform || isDerived(product)) return [];
    return this.#externalInputs().map((input) => new MapTask({ services, product, transform, input }));
  }
}

function derivationOf({ services, product, products }: ProductRuntimeOptions, plan: DerivePlan): Derivation {
  const isTypescript = plan.language === 'typescript';
  const typescript = isTypescript ? new TypescriptDerivation(services, product, plan) : undefined;
  return { services, product, plan, depth: depthOf(product, products), typescript };
}

/** The streams of a product version: its own, and the source log of each input that is mapped. */
function streamSchemas(product: Product): StreamSchema[] {
  const own = { stream: product.id, datasets: product.datasets, historyMs: product.historyMs };
  if (!product.transform) return [own];
  const sources = product.inputs.flatMap((input) => {
    if (input.kind !== 'external') return [];
    const { stream, dataset } = destinationOf(product, input);
    return [{ stream, datasets: [dataset], historyMs: product.historyMs }];
  });
  return [own, ...sources];
}

/** What ports may know of a product. */
export function describe(product: Product): ProductDescription {
  const { id, name, version, major, purpose, doc, owner, status, tier, alignment } = product;
  const datasets = product.datasets.map((dataset) =>
    dataset.extra === 'keep' ? { ...dataset, fields: columnsOf(dataset), extra: 'refuse' as const } : dataset,
  );
  return { id, name, version, major, title: name, purpose, doc, owner, status, tier, alignment, datasets };
}
