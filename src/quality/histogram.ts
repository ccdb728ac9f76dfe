import type { Labels, Sample } from './open-metrics.ts';

/** Upper bounds of latencies, in seconds. */
export const LATENCY_BOUNDS_S = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** Counts values by the smallest bound that they do not exceed. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  constructor(bounds: readonly number[] = LATENCY_BOUNDS_S) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  add(value: number): void {
    const at = this.#bounds.findIndex((bound) => value <= bound);
    const bucket = at < 0 ? this.#bounds.length : at;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += value;
  }

  get count(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** The bound below which this share of the values lies; null when there is none, or it lies above all bounds. */
  quantile(share: number): number | null {
    const wanted = Math.ceil(share * this.count);
    let seen = 0;
    for (const [i, bound] of this.#bounds.entries()) {
      seen += this.#counts[i] ?? 0;
      if (wanted > 0 && seen >= wanted) return bound;
    }
    return null;
  }

  samples(labels: Labels): Sample[] {
    let seen = 0;
    const buckets = [...this.#bounds, Number.POSITIVE_INFINITY].map((bound, i) => {
      seen += this.#counts[i] ?? 0;
      return { suffix: '_bucket', labels: { ...labels, le: boundText(bound) }, value: seen };
    });
    return [
      ...buckets,
      { suffix: '_count', labels, value: seen },
      { suffix: '_sum', labels, value: this.#sum },
    ];
  }
}

/** As OpenMetrics writes canonical numbers: 1.0, 0.25, +Inf. */
function boundText(bound: number): string {
  if (!Number.isFinite(bound)) return '+Inf';
  return Number.isInteger(bound) ? bound.toFixed(1) : String(bound);
}
