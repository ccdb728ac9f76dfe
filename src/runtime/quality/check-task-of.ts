import { isChecked, planChecks } from '../../quality/plan-checks.ts';
import type { Product } from '../../spec/model.ts';
import type { Services } from '../capture/services.ts';
import { CheckTask } from './check-task.ts';

/** Undefined when nothing of the product is to be checked while it runs. `products` holds all of the mesh, by id. */
export function checkTaskOf(
  services: Services,
  product: Product,
  products: ReadonlyMap<string, Product>,
): CheckTask | undefined {
  if (!isChecked(product)) return undefined;
  return new CheckTask({ services, product, checks: planChecks(product, products) });
}
