/** Everything that is measured, as families of OpenMetrics. */
import { counter, type Family, gauge, type Sample } from '../../quality/open-metrics.ts';
import type { DeliveryStatus } from '../deliver/delivery-task.ts';
import type { Platform } from '../platform.ts';
import type { ProductRuntime } from '../product-runtime.ts';
import { type LoopDelay, processFamilies, storeFamilies } from './system-metrics.ts';

export async function metricFamilies(platform: Platform, delay: LoopDelay): Promise<Family[]> {
  const products = [...platform.products.declared.values()];
  return [
    ...recordFamilies(platform, products),
    ...qualityFamilies(platform, products),
    ...(await sloFamilies(platform, products)),
    ...portFamilies(platform),
    ...deliveryFamilies(platform, products),
    ...storeFamilies(platform, products),
    ...(await processFamilies(platform, delay)),
  ];
}

function recordFamilies(platform: Platform, products: readonly ProductRuntime[]): Family[] {
  const { published, journal } = platform.services;
  const tasks = products.flatMap((runtime) =>
    runtime.tasks().map((status) => ({ labels: { product: runtime.product.id, task: status.task }, status })),
  );
  const each = (value: (product: string) => number): Sample[] =>
    products.map(({ product }) => ({ labels: { product: product.id }, value: value(product.id) }));
  return [
    counter(
      'wharf_records_accepted',
      'Records that a task took, since the start.',
      tasks.map(({ labels, status }) => ({ labels, value: status.accepted })),
    ),
    counter(
      'wharf_records_rejected',
      'Records that broke their contract, since the start.',
      tasks.map(({ labels, status }) => ({ labels, value: status.rejected })),
    ),
    gauge(
      'wharf_task_failed',
      'Whether a task needs attention.',
      tasks.map(({ labels, status }) => ({ labels, value: status.lastError ? 1 : 0 })),
    ),
    gauge(
      'wharf_head_position',
      'The last position that was journaled.',
      each((id) => journal.head(id)),
    ),
    gauge(
      'wharf_published_position',
      'The last position that consumers see.',
      each((id) => published.position(id)),
    ),
    gauge(
      'wharf_unpublished_records',
      'Records that are journaled and not published.',
      each((id) => journal.head(id) - published.position(id)),
    ),
    gauge(
      'wharf_journal_held_bytes',
      'Bytes of a product that are in the journal and not in runs.',
      each((id) => journal.heldBytes(id)),
      'bytes',
    ),
    gauge(
      'wharf_source_held_bytes',
      'Bytes of its log that a source keeps for an input.',
      tasks.flatMap(({ labels, status }) => {
        const value = status.gauges.wal_held_bytes;
        return value === undefined ? [] : [{ labels, value }];
      }),
      'bytes',
    ),
  ];
}

function qualityFamilies(platform: Platform, products: readonly ProductRuntime[]): Family[] {
  const results = products.flatMap(({ product, checks }) =>
    (checks?.results() ?? []).map((result) => ({
      labels: { product: product.id, check: result.check.id, severity: result.check.severity },
      result,
    })),
  );
  const held = products.filter(({ product }) => product.gate);
  return [
    gauge(
      'wharf_check_passed',
      'Whether a check passes; 0 when it fails or cannot be run.',
      results.map(({ labels, result }) => ({ labels, value: result.status === 'passed' ? 1 : 0 })),
    ),
    gauge(
      'wharf_check_failing_rows',
      'Rows that do not hold.',
      results.flatMap(({ labels, result }) =>
        result.failing === null ? [] : [{ labels, value: result.failing }],
      ),
    ),
    gauge(
      'wharf_check_duration_seconds',
      'How long a check took.',
      results.map(({ labels, result }) => ({ labels, value: result.durationMs / 1_000 })),
      'seconds',
    ),
    gauge(
      'wharf_gate_held',
      'Whether records are held back by checks.',
      held.map(({ product }) => ({
        labels: { product: product.id },
        value: platform.services.published.refusedAt(product.id) === undefined ? 0 : 1,
      })),
    ),
  ];
}

async function sloFamilies(platform: Platform, products: readonly ProductRuntime[]): Promise<Family[]> {
  const found = await Promise.all(
    products.map(async (runtime) => ({ id: runtime.product.id, ...(await platform.slo.report(runtime)) })),
  );
  const reports = found.flatMap(({ id, objectives }) =>
    objectives.map((report) => ({ labels: { product: id, objective: report.objective }, report })),
  );
  const known = (pick: (report: (typeof reports)[number]['report']) => number | null): Sample[] =>
    reports.flatMap(({ labels, report }) => {
      const value = pick(report);
      return value === null ? [] : [{ labels, value }];
    });
  const burn = reports.flatMap(({ labels, report }) =>
    Object.entries(report.burn).flatMap(([window, value]) =>
      value === null ? [] : [{ labels: { ...labels, window }, value }],
    ),
  );
  const ages = found.flatMap(({ id, ageMs }) =>
    ageMs === undefined ? [] : [{ labels: { product: id }, value: ageMs / 1_000 }],
  );
  return [
    gauge('wharf_published_age_seconds', 'How old the last published record is.', ages, 'seconds'),
    gauge(
      'wharf_slo_measured_ratio',
      'The share of the window that was good.',
      known(({ measured }) => measured),
      'ratio',
    ),
    gauge(
      'wharf_slo_met',
      'Whether a promise is kept.',
      known(({ met }) => (met === null ? null : Number(met))),
    ),
    gauge(
      'wharf_slo_budget_left_ratio',
      'The share of the error budget that is left.',
      known(({ budgetLeft }) => budgetLeft),
      'ratio',
    ),
    gauge('wharf_slo_burn_rate', 'How fast the error budget burns; 1 lasts as long as the window.', burn),
  ];
}

function deliveryFamilies(platform: Platform, products: readonly ProductRuntime[]): Family[] {
  const deliveries = products.flatMap(({ product }) =>
    platform.deliveries
      .status(product.id)
      .map((status) => ({ labels: { product: product.id, delivery: status.delivery }, status })),
  );
  const each = (value: (status: DeliveryStatus) => number): Sample[] =>
    deliveries.map(({ labels, status }) => ({ labels, value: value(status) }));
  return [
    gauge(
      'wharf_delivery_lag_records',
      'Positions that are published and not delivered.',
      each(({ lagRecords }) => lagRecords),
    ),
    gauge(
      'wharf_delivery_lag_seconds',
      'Since when a delivery is behind what is published.',
      each(({ lagSeconds }) => lagSeconds),
      'seconds',
    ),
    gauge(
      'wharf_delivery_paused',
      'Whether a delivery stands still until it is resumed.',
      each(({ paused }) => (paused === null ? 0 : 1)),
    ),
  ];
}

function portFamilies(platform: Platform): Family[] {
  const counts = platform.ports.counts();
  const requests = counts.flatMap(({ product, port, byStatus }) =>
    [...byStatus].map(([status, value]) => ({ labels: { product, port, status }, value })),
  );
  return [
    counter('wharf_port_requests', 'Requests that a port answered.', requests),
    counter(
      'wharf_port_sent_bytes',
      'Bytes of answers whose length was known.',
      counts.map(({ product, port, bytes }) => ({ labels: { product, port }, value: bytes })),
      'bytes',
    ),
    gauge(
      'wharf_active_consumers',
      'Consumers that read within the last five minutes.',
      platform.usage
        .active()
        .map(({ product, port, consumers }) => ({ labels: { product, port }, value: consumers })),
    ),
    {
      name: 'wharf_port_latency_seconds',
      type: 'histogram',
      unit: 'seconds',
      help: 'How long answers took; without ports whose answers last as long as the consumer likes.',
      samples: counts.flatMap(({ product, port, latency }) =>
        latency.count === 0 ? [] : latency.samples({ product, port }),
      ),
    },
  ];
}
