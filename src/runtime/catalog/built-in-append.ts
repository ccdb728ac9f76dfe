import type { BuiltInProduct } from '../../catalog/system/built-in-product.ts';
import type { Append } from '../../journal/journal.ts';

/** Records of a built-in product's first dataset, to be committed together with what they tell of. */
export function builtInAppend(product: BuiltInProduct, records: readonly object[]): Append {
  const body = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return { stream: product.id, dataset: product.datasets[0].name, count: records.length, body };
}

/** None when there are no records. */
export function builtInAppends(product: BuiltInProduct, records: readonly object[]): Append[] {
  return records.length === 0 ? [] : [builtInAppend(product, records)];
}
