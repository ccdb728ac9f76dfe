import { formatBytes, formatCount, formatDuration } from '../base/duration.ts';
import type { Progress } from '../runtime/capture/progress-meter.ts';
import type { ProductStatus } from '../runtime/product-status.ts';

/** What is under way and tells of itself, one line each, what takes longest first: `a.b@1: journaling, 53 % of 20,000,000 records, 1,200,000/s, 7.8 s left`. */
export function progressLines(products: readonly ProductStatus[]): string[] {
  return products
    .flatMap(({ product, tasks }) => tasks.map(({ progress }) => ({ product, progress })))
    .flatMap(({ product, progress }) => (progress ? [{ product, progress }] : []))
    .sort((a, b) => (b.progress.leftMs ?? 0) - (a.progress.leftMs ?? 0))
    .map(({ product, progress }) => `${product}: ${progressText(progress)}`);
}

function progressText(progress: Progress): string {
  const { step, amount, forMs = 0, leftMs } = progress;
  if (!amount) return `${step ?? 'at work'} for ${formatDuration(forMs)}`;
  const parts = [...(step ? [step] : []), shareText(progress, amount)];
  // What is not the last step says nothing of the steps after it.
  const of = step === 'computing' || step === 'comparing' ? ` of ${step}` : '';
  if (leftMs !== undefined) parts.push(`${paceText(progress)}/s`, `${formatDuration(leftMs)} left${of}`);
  else if (step) parts.push(`for ${formatDuration(forMs)}`);
  return parts.join(', ');
}

function shareText({ unit }: Progress, { done, total }: NonNullable<Progress['amount']>): string {
  const share = total > 0 ? Math.min(100, Math.floor((done / total) * 100)) : 0;
  return `${share} % of ${unit === 'bytes' ? formatBytes(total) : `${formatCount(total)} ${unit}`}`;
}

function paceText({ unit, perSecond = 0 }: Progress): string {
  return unit === 'bytes' ? formatBytes(perSecond) : formatCount(perSecond);
}
