/** What is measured of the store, the journal and the processes, as families of OpenMetrics. */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { counter, type Family, gauge, type Sample } from '../../quality/open-metrics.ts';
import type { WorkCount } from '../../store/work-count.ts';
import type { Platform } from '../platform.ts';
import type { ProductRuntime } from '../product-runtime.ts';

const DELAY_RESOLUTION_MS = 20;

/** How late the main thread is; enabled once, and read by each scrape. */
export class LoopDelay {
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });

  constructor() {
    this.#histogram.enable();
  }

  samples(): Sample[] {
    return [50, 99, 100].map((percent) => ({
      labels: { quantile: String(percent / 100) },
      value: this.#histogram.count === 0 ? 0 : this.#histogram.percentile(percent) / 1e9,
    }));
  }

  close(): void {
    this.#histogram.disable();
  }
}

export function storeFamilies(platform: Platform, products: readonly ProductRuntime[]): Family[] {
  const stats = products.flatMap(({ product }) =>
    platform.services.store
      .stats(product.id)
      .map((of) => ({ labels: { product: product.id, dataset: of.dataset }, of })),
  );
  const runs = stats.flatMap(({ labels, of }) => [
    { labels: { ...labels, kind: 'history' }, value: of.historyRuns },
    { labels: { ...labels, kind: 'state' }, value: of.stateRuns },
  ]);
  const work = products.map(({ product }) => ({
    labels: { product: product.id },
    work: platform.services.store.work(product.id),
  }));
  const did = (flush: (of: WorkCount) => number, merge: (of: WorkCount) => number): Sample[] =>
    work.flatMap(({ labels, work: of }) => [
      { labels: { ...labels, kind: 'flush' }, value: flush(of) },
      { labels: { ...labels, kind: 'merge' }, value: merge(of) },
    ]);
  return [
    counter(
      'wharf_compactions',
      'Flushes of the journal into runs, and merges of runs, since the start.',
      did(
        ({ flushes }) => flushes,
        ({ merges }) => merges,
      ),
    ),
    counter(
      'wharf_compaction_seconds',
      'How long these took, together.',
      did(
        ({ flushMs }) => flushMs / 1_000,
        ({ mergeMs }) => mergeMs / 1_000,
      ),
      'seconds',
    ),
    counter(
      'wharf_compaction_failures',
      'Rounds of these that failed and were tried again.',
      work.map(({ labels, work: of }) => ({ labels, value: of.failures })),
    ),
    gauge('wharf_runs', 'Runs of a dataset.', runs),
    gauge(
      'wharf_stored_bytes',
      'Bytes of the runs of a dataset.',
      stats.map(({ labels, of }) => ({ labels, value: of.bytes })),
      'bytes',
    ),
  ];
}

export async function processFamilies(platform: Platform, delay: LoopDelay): Promise<Family[]> {
  const journal = platform.services.journal.stats();
  const memory = [
    { labels: { process: 'main' }, value: process.memoryUsage.rss() },
    { labels: { process: 'engines' }, value: await platform.engineBytes() },
  ];
  return [
    counter('wharf_journal_commits', 'Synced writes of the journal.', [
      { labels: {}, value: journal.commits },
    ]),
    counter('wharf_journal_records', 'Records written to the journal.', [
      { labels: {}, value: journal.records },
    ]),
    counter(
      'wharf_journal_written_bytes',
      'Bytes written to the journal.',
      [{ labels: {}, value: journal.bytes }],
      'bytes',
    ),
    gauge('wharf_memory_bytes', 'Resident memory.', memory, 'bytes'),
    gauge(
      'wharf_event_loop_delay_seconds',
      'How late the main thread is, since the start.',
      delay.samples(),
      'seconds',
    ),
  ];
}
