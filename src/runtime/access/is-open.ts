import type { AccessRule, Product } from '../../spec/model.ts';

/** True when anyone may read all of the product, whoever asks and whenever. What is read of any other is audited. */
export function isOpen({ access }: Pick<Product, 'access'>): boolean {
  return access.every(({ effect }) => effect === 'allow') && access.some(isForAll);
}

function isForAll({ who, rows, mask, ports, actions, purpose, until }: AccessRule): boolean {
  const isLimited = [rows, ports, actions, purpose, until].some((limit) => limit !== undefined);
  return who.includes('anyone') && !isLimited && Object.keys(mask).length === 0;
}
