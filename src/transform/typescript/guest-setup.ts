import { columnsOf, type Dataset, keyFieldsOf } from '../../schema/field.ts';
import type { Product } from '../../spec/model.ts';
import { type DerivePlan, derivePlanOf } from '../derive-plan.ts';
import type { GuestSetup } from './messages.ts';

/** What a derived product's TypeScript is handed, and what it gives. */
export function derivedSetup(plan: DerivePlan): GuestSetup {
  return {
    inputs: plan.tables.map(({ name, dataset }) => ({
      name,
      fields: columnsOf(dataset),
      key: lookupKeyOf(dataset),
    })),
    fields: columnsOf(plan.dataset),
  };
}

/** Rows are looked up by a declared key; where the whole row is the key, who knows it has the row. */
export function lookupKeyOf(dataset: Dataset) {
  return typeof dataset.key === 'string' ? [] : keyFieldsOf(dataset);
}

/** What the product's TypeScript is handed; undefined when the product has no dataset. */
export function typescriptSetup(
  product: Product,
  products: ReadonlyMap<string, Product>,
): GuestSetup | undefined {
  const plan = derivePlanOf(product, products);
  if (plan) return derivedSetup(plan);
  const [dataset] = product.datasets;
  const inputs = product.inputs.flatMap((input) =>
    input.kind === 'external' ? [{ name: input.name, fields: input.fields ?? [], key: [] }] : [],
  );
  return dataset && { inputs, fields: columnsOf(dataset) };
}
