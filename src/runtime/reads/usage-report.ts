/** Who reads a product, added up: what `system.usage` holds of the last days, and what was counted since it was written last. */

import { usageProduct } from '../../catalog/system/usage.ts';
import { sqlText } from '../../schema/sql-type.ts';
import type { Services } from '../capture/services.ts';
import type { UsageCount, UsageMeter } from './usage-meter.ts';

const DAY_MS = 86_400_000;
export const USAGE_DAYS = 30;
/** Consumers that are told of by name; the rest is counted together. */
export const USAGE_CONSUMERS_MAX = 20;
/** Sums of a consumer, a port and a day that are added up. */
const SUMS_MAX = 100_000;

export interface ConsumerUsage {
  readonly consumer: string;
  readonly ports: readonly string[];
  readonly reads: number;
  /** Rows that were given; those in files are not counted. */
  readonly rows: number;
  /** ISO 8601, UTC. */
  readonly lastAt: string;
  /** The last position that it was given; null when it has not read for some minutes. */
  readonly position: number | null;
}

export interface UsageReport {
  readonly product: string;
  /** ISO date, UTC: the first of the days. */
  readonly since: string;
  readonly reads: number;
  readonly rows: number;
  /** How many there are; `consumers` are those that read most. */
  readonly consumersTotal: number;
  readonly consumers: readonly ConsumerUsage[];
  /** One of each day on which somebody read, the oldest first. */
  readonly days: readonly { readonly day: string; readonly reads: number }[];
}

type UsageServices = Pick<Services, 'journal' | 'store' | 'engine' | 'clock'>;

export async function usageReport(
  services: UsageServices,
  meter: Pick<UsageMeter, 'counts' | 'positions'>,
  product: string,
): Promise<UsageReport> {
  const nowMs = services.clock.nowMs();
  const since = new Date(nowMs - (USAGE_DAYS - 1) * DAY_MS).toISOString().slice(0, 10);
  // What waits to be written is taken first: what is written in between is counted twice rather than not at all, until it is asked again.
  const waiting = meter.counts().filter((count) => count.product === product && count.day >= since);
  const counts = [...(await written(services, product, since)), ...waiting];
  return { product, since, ...addedUp(counts, meter.positions(product)) };
}

/** `positions`: of those who read just now, by consumer. */
export function addedUp(
  counts: readonly UsageCount[],
  positions: ReadonlyMap<string, number>,
): Omit<UsageReport, 'product' | 'since'> {
  const all = consumersOf(counts, positions);
  const days = grouped(counts, ({ day }) => day).map(([day, own]) => ({ day, reads: sum(own, 'reads') }));
  return {
    reads: sum(counts, 'reads'),
    rows: sum(counts, 'rows'),
    consumersTotal: all.length,
    consumers: all.slice(0, USAGE_CONSUMERS_MAX),
    days: days.sort((a, b) => (a.day < b.day ? -1 : 1)),
  };
}

async function written(
  { journal, store, engine }: UsageServices,
  product: string,
  since: string,
): Promise<UsageCount[]> {
  const head = journal.head(usageProduct.id);
  if (head === 0) return [];
  const relation = await store.snapshot(usageProduct.id, usageProduct.datasets[0].name, head);
  try {
    const { rows } = await engine.run(
      `select day::varchar, port, consumer, reads, rows, epoch_ms(last_at) from (${relation.sql})
       where product = ${sqlText(product)} and day >= ${sqlText(since)}::date limit ${SUMS_MAX}`,
    );
    return rows.map(([day, port, consumer, reads, given, lastMs]) => ({
      product,
      day: String(day),
      port: String(port),
      consumer: String(consumer),
      reads: Number(reads),
      rows: Number(given),
      lastMs: Number(lastMs),
    }));
  } finally {
    relation.release();
  }
}

/** Those who read most first. */
function consumersOf(counts: readonly UsageCount[], positions: ReadonlyMap<string, number>): ConsumerUsage[] {
  return grouped(counts, ({ consumer }) => consumer)
    .map(([consumer, own]) => ({
      consumer,
      ports: [...new Set(own.map(({ port }) => port))].sort(),
      reads: sum(own, 'reads'),
      rows: sum(own, 'rows'),
      lastAt: new Date(own.reduce((last, { lastMs }) => Math.max(last, lastMs), 0)).toISOString(),
      position: positions.get(consumer) ?? null,
    }))
    .sort((a, b) => b.reads - a.reads || (a.consumer < b.consumer ? -1 : 1));
}

function grouped(
  counts: readonly UsageCount[],
  keyOf: (count: UsageCount) => string,
): [string, UsageCount[]][] {
  const groups = new Map<string, UsageCount[]>();
  for (const count of counts) {
    const group = groups.get(keyOf(count));
    if (group) group.push(count);
    else groups.set(keyOf(count), [count]);
  }
  return [...groups];
}

function sum(counts: readonly UsageCount[], what: 'reads' | 'rows'): number {
  return counts.reduce((total, count) => total + count[what], 0);
}
