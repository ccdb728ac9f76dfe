/** What `wharf check` says of deliveries: what their options name must be there, and their conditions must mean something. */
import { codeOf, messageOf, WharfError } from '../../base/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import type { DeliveryConnector } from '../../kit/delivery.ts';
import type { ProductDescription } from '../../kit/reader.ts';
import type { Registry } from '../../kit/registry.ts';
import type { Diagnostic } from '../../spec/diagnostic.ts';
import type { Delivery, Mesh } from '../../spec/model.ts';
import { describe } from '../product-runtime.ts';
import { admitFilter } from './admit-filter.ts';
import { DeliveryPace } from './delivery-pace.ts';
import { planDelivery } from './delivery-shape.ts';

/** What a plan is made for does not matter to what is wrong with it. */
const NO_JOURNAL = '';

/** True when deliveries of the mesh have to be bound. */
export function hasDeliveries(mesh: Mesh): boolean {
  return mesh.products.some(({ deliveries }) => deliveries.length > 0);
}

export async function bindDeliveries(
  engine: Engine,
  mesh: Mesh,
  connectors: Registry<DeliveryConnector>,
): Promise<Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const product of mesh.products) {
    const description = describe(product);
    for (const delivery of product.deliveries) {
      const problem = await problemOf(engine, description, delivery, await connectors[delivery.to]?.());
      if (problem) found.push(problem);
    }
  }
  return found;
}

async function problemOf(
  engine: Engine,
  product: ProductDescription,
  { name, options, place }: Delivery,
  connector: DeliveryConnector | undefined,
): Promise<Diagnostic | undefined> {
  try {
    new DeliveryPace(options);
    const { filter, source, shape } = planDelivery(product, options, NO_JOURNAL);
    connector?.check?.(options, shape);
    if (filter !== undefined) await admitFilter(engine, source, filter);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof WharfError)) throw thrown;
    const hint = thrown.hint === undefined ? {} : { hint: thrown.hint };
    return {
      code: codeOf(thrown) ?? 'DELIVERY_INVALID',
      severity: 'error',
      message: `The delivery "${name}" cannot be made: ${messageOf(thrown)}`,
      place,
      ...hint,
    };
  }
}
