import type { Diagnostic } from '../spec/diagnostic.ts';
import type { Product } from '../spec/model.ts';

/** Gold means that somebody relies on it: its rows are told apart, counted, and known to be recent. */
export function goldNeeds(product: Product): Diagnostic[] {
  if (product.tier !== 'gold') return [];
  const kinds = new Set(product.checks.map(({ kind }) => kind));
  const missing = [
    ...(product.datasets.every(({ key }) => key !== 'none') || kinds.has('unique')
      ? []
      : [['key', 'Declare a key, or a "unique" check.']]),
    ...(kinds.has('rows') || kinds.has('volume')
      ? []
      : [['volume', 'Add a check such as: - rows: { min: 1 }, or: - volume: { window: 7d, change: 50% }']]),
    ...(kinds.has('fresh') || product.slo.freshnessMs !== undefined
      ? []
      : [['freshness', 'Promise it with: slo: { freshness: 26h }, or add a check: - fresh: 26h']]),
  ];
  return missing.map(([what, hint]) => ({
    code: 'GOLD_UNCHECKED',
    severity: 'error',
    message: `${product.name} is gold, and nothing says what its ${what} must be.`,
    place: product.place,
    hint: `${hint}`,
  }));
}
