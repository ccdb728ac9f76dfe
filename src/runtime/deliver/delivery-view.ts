import { codeOf, WharfError } from '../../base/errors.ts';
import '../../kit/errors.ts';
import type { Delivery, Product } from '../../spec/model.ts';
import type { AccessControl, StandingView } from '../access/access-control.ts';
import { DELIVER_PORT } from '../access/ports-within.ts';

/**
 * What a delivery sees of its product: it is a principal, and what anybody may see is what it sees unless a rule names it (`delivery:warehouse`).
 * One that sees a part is refused: what left that part would stay in the destination. Throws DELIVERY_INVALID.
 */
export function deliveryView(access: AccessControl, product: Product, { name }: Delivery): StandingView {
  const principal = { kind: 'delivery', name, teams: [], attributes: {} } as const;
  const asker = { principal, isValid: () => true };
  const view = viewOf(() => access.view(product, asker, 'export', DELIVER_PORT), product, name);
  if (product.datasets.every((dataset) => view.lensOf(dataset.name) === undefined)) return view;
  throw refused(product, name, 'shows it a part only');
}

function viewOf(find: () => StandingView, product: Product, name: string): StandingView {
  try {
    return find();
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ACCESS_REFUSED' || code === 'PRODUCT_UNKNOWN')
      throw refused(product, name, 'does not allow it');
    throw error;
  }
}

function refused({ id }: Product, name: string, lack: string): WharfError {
  return new WharfError('DELIVERY_INVALID', `The delivery "${name}" exports ${id}, whose access ${lack}.`, {
    hint: `Add to its access: - { allow: ["delivery:${name}"], actions: [export] }`,
  });
}
