import { agreementsProduct } from './agreements.ts';
import { auditProduct } from './audit.ts';
import type { BuiltInProduct } from './built-in-product.ts';
import { checksProduct } from './checks.ts';
import { lineageProduct } from './lineage.ts';
import { productsProduct } from './products.ts';
import { rejectsProduct } from './rejects.ts';
import { sloProduct } from './slo.ts';
import { usageProduct } from './usage.ts';

/** All built-in products, in the order of their names; adding one means adding its line. */
export const BUILT_IN_PRODUCTS: readonly BuiltInProduct[] = [
  agreementsProduct,
  auditProduct,
  checksProduct,
  lineageProduct,
  productsProduct,
  rejectsProduct,
  sloProduct,
  usageProduct,
];
