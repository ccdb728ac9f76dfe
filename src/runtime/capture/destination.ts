import type { Dataset } from '../../schema/field.ts';
import type { ExternalInput, Product } from '../../spec/model.ts';
import { isDerived } from '../../transform/derive-plan.ts';
import { sourceStream, sourceTable, sourceTableStream } from '../../transform/source-log.ts';

/** Where the records of one external input are journaled first, and under which contract they are validated. */
export interface Destination {
  readonly stream: string;
  readonly dataset: Dataset;
  /** True when a transform maps the records on; the stream then is the input's own source log. */
  readonly mapped: boolean;
}

/** The contract of an input's own records: typed by the input's fields, kept whole. */
export function sourceDataset(input: ExternalInput): Dataset {
  return { name: input.name, key: 'none', fields: input.fields ?? [], extra: 'ignore' };
}

/** The dataset that an input feeds: the one of its name, else the product's first. */
export function fedDataset(product: Product, input: ExternalInput): Dataset {
  const dataset = product.datasets.find((d) => d.name === input.name) ?? product.datasets[0];
  if (!dataset) throw new Error(`Invariant broken: ${product.id} has no dataset`);
  return dataset;
}

/** The name of the task that captures it. What it has read says nothing of another kind of destination. */
export function captureTaskName(product: Product, input: ExternalInput): string {
  return `capture/${product.id}/${input.name}${isDerived(product) ? '/rows' : ''}`;
}

export function destinationOf(product: Product, input: ExternalInput): Destination {
  if (isDerived(product))
    return { stream: sourceTableStream(product, input), dataset: sourceTable(input), mapped: false };
  return product.transform
    ? { stream: sourceStream(product, input), dataset: sourceDataset(input), mapped: true }
    : { stream: product.id, dataset: fedDataset(product, input), mapped: false };
}
