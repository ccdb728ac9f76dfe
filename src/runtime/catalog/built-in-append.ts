import type { BuiltInProduct } from '../../catalog/system/built-in-product.ts';
import type { Append } from '../../journal/journal.ts';
import type { Dataset } from '../../schema/field.ts';
import { utcTimestampText } from '../../schema/time-text.ts';

/** Records of a built-in product's first dataset, to be committed together with what they tell of. */
export function builtInAppend(product: BuiltInProduct, records: readonly object[]): Append {
  const [dataset] = product.datasets;
  const lines = records.map((record) => `${JSON.stringify(journaled(dataset, record))}\n`);
  return {
    stream: product.id,
    dataset: dataset.name,
    count: records.length,
    body: Buffer.from(lines.join('')),
  };
}

/** None when there are no records. */
export function builtInAppends(product: BuiltInProduct, records: readonly object[]): Append[] {
  return records.length === 0 ? [] : [builtInAppend(product, records)];
}

/** Nothing validates these records, so their instants are written here as validation writes them: a stream gives them as they are journaled. */
function journaled(dataset: Dataset, record: object): object {
  const instants = dataset.fields.filter(({ type }) => type === 'timestamp').map(({ name }) => name);
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => {
      const isInstant = instants.includes(name) && typeof value === 'string';
      return [name, isInstant ? (utcTimestampText(value) ?? value) : value];
    }),
  );
}
