import { isChecked, planChecks } from '../../quality/plan-checks.ts';
import type { Product } from '../../spec/model.ts';
import type { Services } from '../capture/services.ts';
import type { AlertService } from './alert-service.ts';
import type { CheckResult } from './check-record.ts';
import { CheckTask } from './check-task.ts';
import { refusals } from './look.ts';

/** Undefined when nothing of the product is to be checked while it runs. `products` holds all of the mesh, by id; `alerts` is told. */
export function checkTaskOf(
  services: Services,
  product: Product,
  products: ReadonlyMap<string, Product>,
  alerts: AlertService | undefined,
): CheckTask | undefined {
  if (!isChecked(product)) return undefined;
  const onResults = (results: readonly CheckResult[]) => {
    const wrong = refusals(results).map(({ check, message }) => `${check.id}: ${message}`);
    alerts?.report(product, 'checks', wrong.length === 0 ? undefined : wrong.join(' '));
  };
  return new CheckTask({ services, product, checks: planChecks(product, products), onResults });
}
