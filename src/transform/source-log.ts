/** Where what an external input sent is kept, beside the product that a transform makes of it. */
import type { Dataset } from '../schema/field.ts';
import type { ExternalInput, Product } from '../spec/model.ts';

/** The log of what an input sent, before its records are mapped one by one: `flights.departures@1/source`. */
export function sourceStream(product: Product, input: ExternalInput): string {
  return `${product.id}/${input.name}`;
}

/**
 * The state of an input that a query reads as a table. Not the stream of the log, which has another form: a transform may begin as a
 * map and become a query.
 */
export function sourceTableStream(product: Product, input: ExternalInput): string {
  return `${sourceStream(product, input)}/rows`;
}

/**
 * The table: exact duplicates are one row, so that a source which is read again as a whole has the rows that it has. What no field names is
 * in the column `extra`.
 */
export function sourceTable(input: ExternalInput): Dataset {
  const fields = input.fields ?? [];
  const isTaken = fields.some(({ name }) => name.toLowerCase() === 'extra');
  return { name: input.name, key: 'row', fields, extra: isTaken ? 'refuse' : 'keep' };
}
