/** All deliveries of a mesh. */
import { present } from '../../base/assert.ts';
import { WharfError } from '../../base/errors.ts';
import { randomName } from '../../base/random.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Reveal } from '../../kit/connection.ts';
import type { DeliveryConnector, ProductStanding } from '../../kit/delivery.ts';
import '../../kit/errors.ts';
import type { ProductDescription } from '../../kit/reader.ts';
import type { Delivery, Mesh, Product } from '../../spec/model.ts';
import type { AccessControl } from '../access/access-control.ts';
import { connectionOf, folderOf } from '../base-folder.ts';
import type { Services } from '../capture/services.ts';
import { admitFilter } from './admit-filter.ts';
import { DeliveryControl, journalOrigin } from './delivery-control.ts';
import { DeliveryPace } from './delivery-pace.ts';
import { planDelivery } from './delivery-shape.ts';
import { DeliverySource } from './delivery-source.ts';
import { type DeliveryStatus, DeliveryTask, type PreparedDelivery } from './delivery-task.ts';
import { deliveryView } from './delivery-view.ts';

export interface DeliveriesOptions {
  readonly services: Services;
  /** The one that reads for consumers. */
  readonly engine: Engine;
  readonly mesh: Mesh;
  readonly access: AccessControl;
  readonly connectors: ReadonlyMap<string, DeliveryConnector>;
  readonly describe: (product: Product) => ProductDescription;
  readonly standing: (product: Product) => ProductStanding;
  readonly reveal: Reveal;
}

export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #tasks = new Map<string, readonly DeliveryTask[]>();

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    for (const product of options.mesh.products) {
      const tasks = product.deliveries.map((delivery) => this.#task(product, delivery));
      this.#tasks.set(product.id, tasks);
    }
  }

  start(): void {
    for (const task of this.#all()) task.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all().map((task) => task.stop()));
  }

  of(product: string): readonly DeliveryTask[] {
    return this.#tasks.get(product) ?? [];
  }

  status(product: string): readonly DeliveryStatus[] {
    return this.of(product).map((task) => task.status());
  }

  /** How far the slowest one is behind what is published; undefined where there is none. */
  lagMs(product: string): number | undefined {
    const lags = this.status(product).map(({ lagSeconds }) => lagSeconds * 1_000);
    return lags.length === 0 ? undefined : Math.max(...lags);
  }

  /** Throws DELIVERY_UNKNOWN. */
  find(product: string, name: string): DeliveryTask {
    const task = this.of(product).find(({ deliveryName }) => deliveryName === name);
    if (task) return task;
    const names = this.of(product).map(({ deliveryName }) => deliveryName);
    throw new WharfError('DELIVERY_UNKNOWN', `${product} has no delivery "${name}".`, {
      hint: names.length === 0 ? 'It has none.' : `It has: ${names.join(', ')}.`,
    });
  }

  #all(): DeliveryTask[] {
    return [...this.#tasks.values()].flat();
  }

  #task(product: Product, delivery: Delivery): DeliveryTask {
    const { services, connectors } = this.#options;
    const connector = present(connectors.get(delivery.to), 'a checked delivery is known');
    const id = `${product.id}/${delivery.name}`;
    const control = new DeliveryControl(services.journal, id);
    return new DeliveryTask({
      id,
      name: delivery.name,
      to: delivery.to,
      stream: product.id,
      connector,
      services,
      control,
      prepare: () => this.#prepare(product, delivery, control),
    });
  }

  /** Throws DELIVERY_INVALID. */
  async #prepare(product: Product, delivery: Delivery, control: DeliveryControl): Promise<PreparedDelivery> {
    const { services, engine, mesh, reveal } = this.#options;
    const view = deliveryView(this.#options.access, product, delivery);
    const description = this.#options.describe(product);
    const origin = await journalOrigin(services.journal, randomName);
    const { options } = delivery;
    const plan = planDelivery(description, options, origin);
    if (plan.filter !== undefined) await admitFilter(engine, plan.source, plan.filter);
    const source = new DeliverySource({ services, engine, stream: product.id, plan, check: view.check });
    const context = {
      name: `delivery:${product.id}/${delivery.name}`,
      mesh: mesh.name,
      product: description,
      standing: () => this.#options.standing(product),
      options,
      connection: connectionOf(mesh, options),
      reveal,
      shape: plan.shape,
      notes: control.notes(),
      baseFolder: folderOf(mesh, options),
      temporaryFolder: services.temporaryFolder,
      clock: services.clock,
      log: services.log,
    };
    return { source, pace: new DeliveryPace(options), context };
  }
}
