import { WharfError } from '../../base/errors.ts';
import '../../kit/errors.ts';
import type { AccessRule, Product } from '../../spec/model.ts';

/**
 * A delivery reads what anyone may read. Rules that show some readers less are not decided for deliveries in this version, so a product
 * that has one is not delivered at all, rather than in full. Throws DELIVERY_INVALID.
 */
export function refuseGuarded(product: Product): void {
  const rule = product.access.find((candidate) => !showsAllToAnyone(candidate));
  if (!rule) return;
  const place = `${rule.place.file}:${rule.place.line}`;
  throw new WharfError(
    'DELIVERY_INVALID',
    `${product.id} has an access rule (${place}), and deliveries of guarded products are not available in this version.`,
    { hint: 'Deliver from a product that anyone may read, such as one derived for that purpose.' },
  );
}

function showsAllToAnyone(rule: AccessRule): boolean {
  const { effect, who, ports, actions, rows, mask, until } = rule;
  const isWhole = rows === undefined && Object.keys(mask).length === 0;
  const isOpen = ports === undefined && actions === undefined && until === undefined;
  return effect === 'allow' && who.length === 1 && who[0] === 'anyone' && isWhole && isOpen;
}
