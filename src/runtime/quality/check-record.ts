import { checksProduct } from '../../catalog/system/checks.ts';
import type { Append } from '../../journal/journal.ts';
import type { CheckOutcome } from '../../quality/planned-check.ts';
import type { Product } from '../../spec/model.ts';
import { builtInAppend } from '../catalog/built-in-append.ts';

/** An outcome, with where and when it was found. */
export interface CheckResult extends CheckOutcome {
  readonly position: number;
  readonly checkedAtMs: number;
}

/** The name under which it is recorded that somebody let a position through. */
export const GATE_CHECK = 'gate';
const TEXT_MAX = 2_000;

/** Results as records of `system.checks`, to be committed together with what they decide. */
export function checksAppend(product: Product, results: readonly CheckResult[]): Append {
  return builtInAppend(
    checksProduct,
    results.map((result) => recordOf(product, result)),
  );
}

/** That somebody let `position` through, and why. */
export function releaseAppend(product: Product, position: number, reason: string, nowMs: number): Append {
  return builtInAppend(checksProduct, [
    {
      product: product.id,
      check: GATE_CHECK,
      dataset: product.datasets[0]?.name ?? '',
      kind: GATE_CHECK,
      severity: 'error',
      owner: product.owner,
      doc: 'Only what passed its checks is published.',
      status: 'released',
      position,
      checked_at: new Date(nowMs).toISOString(),
      measured: null,
      threshold: '',
      failing: null,
      message: clean(reason),
      samples: [],
      duration_ms: 0,
    },
  ]);
}

function recordOf(product: Product, result: CheckResult): Record<string, unknown> {
  const { check } = result;
  return {
    product: product.id,
    check: check.id,
    dataset: check.dataset.name,
    kind: check.kind,
    severity: check.severity,
    owner: product.owner,
    doc: clean(check.doc),
    status: result.status,
    position: result.position,
    checked_at: new Date(result.checkedAtMs).toISOString(),
    measured: result.measured,
    threshold: clean(check.threshold),
    failing: result.failing,
    message: clean(result.message),
    samples: result.samples.map(clean),
    duration_ms: Math.round(result.durationMs * 1_000) / 1_000,
  };
}

/** No text column holds NUL or half of a character. */
function clean(text: string): string {
  return text.slice(0, TEXT_MAX).toWellFormed().replaceAll('\u0000', '\uFFFD');
}
