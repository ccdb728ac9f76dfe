import { SLO_WINDOW_HOURS, TIER_VALIDITY } from '../../quality/service-level.ts';
import type { Platform } from '../platform.ts';
import type { ProductRuntime } from '../product-runtime.ts';

/** What `/slo` says: promises and measures, whether the tier is earned, and how quick the ports are. */
export async function sloDocument(platform: Platform, runtime: ProductRuntime) {
  const { product } = runtime;
  const { ageMs, objectives } = await platform.slo.report(runtime);
  const valid = objectives.find(({ objective }) => objective === 'completeness')?.measured ?? null;
  const required = TIER_VALIDITY[product.tier];
  return {
    product: product.id,
    owner: product.owner,
    window: `${SLO_WINDOW_HOURS / 24}d`,
    position: platform.services.published.position(product.id),
    ageMs: ageMs ?? null,
    objectives,
    tier: {
      declared: product.tier,
      validRequired: required,
      valid,
      earned: valid === null ? null : valid >= required,
    },
    latency: Object.fromEntries(
      platform.ports
        .counts(product.id)
        .map(({ port, latency, requests }) => [
          port,
          { requests, p50: latency.quantile(0.5), p95: latency.quantile(0.95), p99: latency.quantile(0.99) },
        ]),
    ),
  };
}
