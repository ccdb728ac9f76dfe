/** Latencies of several kinds since they were taken last, in milliseconds. */
import { percentile } from '../../../../bench/support/measure.ts';

export class Latencies {
  readonly #since = new Map<string, number[]>();

  add(kind: string, ms: number): void {
    const values = this.#since.get(kind);
    if (values) values.push(ms);
    else this.#since.set(kind, [ms]);
  }

  /** The median and the 99th percentile of each kind, which begins anew. */
  take(): Readonly<Record<string, { readonly p50: number; readonly p99: number }>> {
    const taken = [...this.#since].map(
      ([kind, values]) => [kind, { p50: percentile(values, 0.5), p99: percentile(values, 0.99) }] as const,
    );
    this.#since.clear();
    return Object.fromEntries(taken);
  }
}
