import { formatBytes, formatCount, formatDuration } from '../base/duration.ts';
import type { Progress } from '../runtime/capture/progress-meter.ts';
import type { ProductStatus } from '../runtime/product-status.ts';

/** What is under way and can be measured, one line each, what takes longest first: `a.b@1: 53 % of 20,000,000 records, 1,200,000/s, 7.8 s left`. */
export function progressLines(products: readonly ProductStatus[]): string[] {
  return products
    .flatMap(({ product, tasks }) => tasks.map(({ progress }) => ({ product, progress })))
    .flatMap(({ product, progress }) => (progress ? [{ product, progress }] : []))
    .sort((a, b) => (b.progress.leftMs ?? 0) - (a.progress.leftMs ?? 0))
    .map(({ product, progress }) => `${product}: ${progressText(progress)}`);
}

function progressText({ done, total, unit, perSecond, leftMs }: Progress): string {
  const amount = (value: number) => (unit === 'bytes' ? formatBytes(value) : formatCount(value));
  const share = total > 0 ? Math.min(100, Math.floor((done / total) * 100)) : 0;
  const of = `${share} % of ${amount(total)}${unit === 'records' ? ' records' : ''}`;
  if (perSecond === undefined || leftMs === undefined) return of;
  return `${of}, ${amount(perSecond)}/s, ${formatDuration(leftMs)} left`;
}
