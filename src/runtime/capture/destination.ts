import type { Dataset } from '../../schema/field.ts';
import type { ExternalInput, Product } from '../../spec/model.ts';

/** Where the records of one external input are journaled first, and under which contract they are validated. */
export interface Destination {
  readonly stream: string;
  readonly dataset: Dataset;
  /** True when a transform maps the records on; the stream then is the input's own source log. */
  readonly mapped: boolean;
}

/** The log of what an input sent, before mapping: `flights.departures@1/source`. */
export function sourceStream(product: Product, input: ExternalInput): string {
  return `${product.id}/${input.name}`;
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

export function destinationOf(product: Product, input: ExternalInput): Destination {
  return product.transform
    ? { stream: sourceStream(product, input), dataset: sourceDataset(input), mapped: true }
    : { stream: product.id, dataset: fedDataset(product, input), mapped: false };
}
