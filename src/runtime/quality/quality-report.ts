/** What can be said of a product's checks, for `/quality`, `wharf status` and the pages. */
import type { Platform } from '../platform.ts';
import type { ProductRuntime } from '../product-runtime.ts';
import { type CheckReport, checkReports } from './check-reports.ts';
import { refusals } from './look.ts';
import { withoutValues } from './without-values.ts';

export interface QualitySummary {
  readonly checks: number;
  readonly passed: number;
  /** Of severity error, broken ones included. */
  readonly failed: number;
  readonly warnings: number;
  readonly gate: boolean;
  /** The last position that was refused, while none after it has passed. */
  readonly heldAt: number | undefined;
}

export function qualitySummary(platform: Platform, { product, checks }: ProductRuntime): QualitySummary {
  const results = checks?.results() ?? [];
  return {
    checks: checks?.checks.length ?? 0,
    passed: results.filter(({ status }) => status === 'passed').length,
    failed: results.filter(({ check, status }) => check.severity === 'error' && status !== 'passed').length,
    warnings: results.filter(({ check, status }) => check.severity === 'warning' && status !== 'passed')
      .length,
    gate: product.gate,
    heldAt: platform.services.published.refusedAt(product.id),
  };
}

/** Worst first: what fails, what warns, what waits, what passes; else in the order of the spec. */
export function qualityReport(platform: Platform, runtime: ProductRuntime, showsValues: boolean) {
  const { product } = runtime;
  const { published, journal } = platform.services;
  const refused = refusals(runtime.checks?.results() ?? []);
  const reports = checkReports(runtime);
  const checks = showsValues ? reports : reports.map(withoutValues);
  const rank = (check: CheckReport) => {
    if (check.status === 'passed') return 3;
    if (check.status === 'waiting') return 2;
    return check.severity === 'error' ? 0 : 1;
  };
  return {
    product: product.id,
    position: published.position(product.id),
    journaled: journal.head(product.id),
    heldBy: published.refusedAt(product.id) === undefined ? [] : refused.map(({ check }) => check.id),
    ...qualitySummary(platform, runtime),
    heldAt: published.refusedAt(product.id) ?? null,
    checks: checks.sort((a, b) => rank(a) - rank(b)),
  };
}
