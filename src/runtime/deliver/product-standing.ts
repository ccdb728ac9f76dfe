import { formatDuration } from '../../base/duration.ts';
import type { ProductStanding } from '../../kit/delivery.ts';
import type { Slo } from '../../spec/model.ts';
import type { ProductRuntime } from '../product-runtime.ts';
import { checkReports } from '../quality/check-reports.ts';

/** What a product promises and what its checks found, without anything that a row holds. */
export function productStanding(runtime: ProductRuntime): ProductStanding {
  const checks = checkReports(runtime).map(
    ({ id, kind, severity, doc, threshold, status, position, checkedAt }) => ({
      ...{ id, kind, severity, doc, threshold, status, position, checkedAt },
    }),
  );
  return { promises: promisesOf(runtime.product.slo), checks };
}

function promisesOf({ freshnessMs, availability, completeness, deliveryLagMs }: Slo): string[] {
  const times = { freshness: freshnessMs, 'delivery lag': deliveryLagMs };
  const shares = { availability, completeness };
  return [
    ...Object.entries(times).flatMap(([name, ms]) =>
      ms === undefined ? [] : [`${name}: at most ${formatDuration(ms)}`],
    ),
    ...Object.entries(shares).flatMap(([name, share]) =>
      share === undefined ? [] : [`${name}: at least ${Number((share * 100).toFixed(4))}%`],
    ),
  ];
}
