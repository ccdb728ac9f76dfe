import type { Product } from '../../spec/model.ts';

/** True when anyone may read all of the product. What is read of any other is audited. */
export function isOpen({ access }: Product): boolean {
  return access.some(
    ({ effect, who, rows, mask, ports }) =>
      effect === 'allow' &&
      who.includes('anyone') &&
      rows === undefined &&
      ports === undefined &&
      Object.keys(mask).length === 0,
  );
}
