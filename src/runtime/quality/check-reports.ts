/** What each check of a product found at last. */
import type { ProductRuntime } from '../product-runtime.ts';
import type { CheckResult } from './check-record.ts';

export interface CheckReport {
  readonly id: string;
  readonly kind: string;
  readonly dataset: string;
  readonly severity: 'error' | 'warning';
  readonly on: string;
  readonly doc: string;
  readonly threshold: string;
  readonly declared: boolean;
  /** `waiting`: it has not been run yet. */
  readonly status: CheckResult['status'] | 'waiting';
  readonly measured: string | null;
  readonly failing: number | null;
  readonly message: string;
  readonly samples: readonly string[];
  readonly position: number | null;
  readonly checkedAt: string | null;
  readonly durationMs: number | null;
  readonly way: 'all' | 'changes' | null;
}

export function checkReports({ checks }: ProductRuntime): CheckReport[] {
  const results = new Map(checks?.results().map((result) => [result.check.id, result]));
  return (checks?.checks ?? []).map((check) => {
    const { id, kind, dataset, severity, on, doc, threshold, declared } = check;
    const result = results.get(id);
    return {
      ...{ id, kind, dataset: dataset.name, severity, on, doc, threshold, declared },
      status: result?.status ?? 'waiting',
      measured: result?.measured ?? null,
      failing: result?.failing ?? null,
      message: result?.message ?? 'It has not been run yet.',
      samples: result?.samples ?? [],
      position: result?.position ?? null,
      checkedAt: result ? new Date(result.checkedAtMs).toISOString() : null,
      durationMs: result ? Math.round(result.durationMs * 10) / 10 : null,
      way: result?.way ?? null,
    };
  });
}
