import type { Journal } from '../../journal/journal.ts';
import type { ExternalInput, Product } from '../../spec/model.ts';

/**
 * Marks which records of a source log are one reading of a whole source. It is made when the reading begins, closed (`to`)
 * with its last record, and removed by the map once the difference is journaled. Until it is closed, records from `from` on are
 * not mapped; a reading that was broken off is begun again, further on, and what it left behind is skipped.
 */
export interface WholeMarker {
  readonly from: number;
  readonly to?: number;
  readonly deletes: boolean;
}

export function wholeTask(product: Product, input: ExternalInput): string {
  return `whole/${product.id}/${input.name}`;
}

export function readWholeMarker(
  journal: Journal,
  product: Product,
  input: ExternalInput,
): WholeMarker | undefined {
  return journal.cursor(wholeTask(product, input)) as WholeMarker | undefined;
}
