import type { Input, Product } from '../../spec/model.ts';

/** The inputs of a product that are named to somebody who may know of these products: sources outside the mesh are part of the product. */
export function seenInputs({ inputs }: Pick<Product, 'inputs'>, seen: ReadonlySet<string>): readonly Input[] {
  return inputs.filter((input) => input.kind === 'external' || seen.has(input.product));
}
