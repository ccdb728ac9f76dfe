/** What the built-in products about products tell somebody: rows about those that they may know of, and of these no values of rows that they may not see. */

import { ANYONE } from '../../access/principal.ts';
import { checksProduct } from '../../catalog/system/checks.ts';
import { lineageProduct } from '../../catalog/system/lineage.ts';
import { rejectsProduct } from '../../catalog/system/rejects.ts';
import type { Dataset } from '../../schema/field.ts';
import type { Lens, LensPart } from '../../schema/lens.ts';
import { sqlText } from '../../schema/sql-type.ts';
import type { Product } from '../../spec/model.ts';
import { UNTOLD } from '../quality/without-values.ts';

/** Ids of products. */
export interface ToldProducts {
  readonly seen: readonly string[];
  /** Those of `seen` of which all may be read. */
  readonly whole: readonly string[];
  /** Those of `seen` whose rejects may be seen. */
  readonly rejects: readonly string[];
  /** Whether `seen` are all that there are. */
  readonly isAll: boolean;
}

/** Of a result, what may hold values of rows. */
const VALUES_OF_CHECKS = new Map([
  ['measured', 'null'],
  ['message', sqlText(UNTOLD)],
  ['samples', 'null'],
]);

/** Undefined when everything is told. */
export function systemLens(
  { id }: Pick<Product, 'id'>,
  dataset: Dataset,
  told: ToldProducts,
): Lens | undefined {
  const isWhole = told.isAll && told.whole.length === told.seen.length;
  switch (id) {
    case checksProduct.id:
      return isWhole
        ? undefined
        : lens([about(told.whole), { ...about(told.seen), masks: VALUES_OF_CHECKS }]);
    case rejectsProduct.id:
      return told.isAll && told.rejects.length === told.seen.length ? undefined : lens([about(told.rejects)]);
    case lineageProduct.id:
      return told.isAll ? undefined : lens([{ ...about(told.seen), rows: edges(dataset, told.seen) }]);
    default:
      return told.isAll ? undefined : lens([about(told.seen)]);
  }
}

function lens(parts: readonly LensPart[]): Lens {
  const { kind, name, teams, attributes } = ANYONE;
  return { parts, hidden: [], principal: { kind, name, teams, attributes } };
}

function about(products: readonly string[]): LensPart {
  return { rows: isOneOf('product', products), masks: new Map() };
}

/** An edge is told to who may know of both its ends; a source outside the mesh has no name here but that of its connector. */
function edges({ fields }: Dataset, seen: readonly string[]): string {
  const isOfInputs = fields.some(({ name }) => name === 'kind');
  const source = isOfInputs ? `(kind <> 'product' or ${isOneOf('source', seen)})` : isOneOf('source', seen);
  return `${isOneOf('product', seen)} and ${source}`;
}

function isOneOf(column: string, products: readonly string[]): string {
  return products.length === 0 ? 'false' : `${column} in (${products.map(sqlText).join(', ')})`;
}
