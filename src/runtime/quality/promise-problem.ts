import { formatDuration } from '../../base/duration.ts';
import type { SloReport } from '../../quality/service-level.ts';

/** What is wrong with a promise, as a sentence; undefined while it is kept, or nothing is known of it. */
export function promiseProblem({
  objective,
  promised,
  withinMs,
  measured,
  met,
}: SloReport): string | undefined {
  if (met !== false || promised === null) return undefined;
  if (objective === 'freshness')
    return `What is published is older than ${formatDuration(promised)}, which is promised.`;
  if (objective === 'delivery_lag')
    return `A delivery is behind by more than ${formatDuration(promised)}, which is promised.`;
  const percent = (share: number) => `${Number((100 * share).toFixed(4))}%`;
  if (objective === 'latency')
    return `${measured === null ? 'None' : percent(measured)} of answers came within ${formatDuration(withinMs ?? 0)}; ${percent(promised)} is promised.`;
  return `The ${objective} is ${measured === null ? 'unknown' : percent(measured)}; ${percent(promised)} is promised.`;
}
