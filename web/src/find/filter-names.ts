import type { ProductFilter } from '../../../src/catalog/product-search.ts';

export const PRODUCT_FILTER_NAMES: readonly ProductFilter[] = [
  'domain',
  'tier',
  'alignment',
  'status',
  'owner',
  'port',
  'class',
  'tag',
];
