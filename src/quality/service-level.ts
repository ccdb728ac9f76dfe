/**
 * Service levels over a sliding window: what was promised, what was measured, how much of the error budget is left, and how fast it
 * burns (1: the budget lasts exactly as long as the window). Pure; what is counted comes in hours.
 */
import type { Slo } from '../spec/model.ts';

export const HOUR_MS = 3_600_000;
export const SLO_WINDOW_HOURS = 30 * 24;
/** Spans over which the burn rate is told: a fast and a slow one, in hours. */
export const BURN_HOURS = [1, 6] as const;

/** What was counted in one hour. */
export interface SloCounts {
  readonly received: number;
  readonly rejected: number;
  readonly requests: number;
  /** Answers that were our fault. */
  readonly failures: number;
  /** Samples of the age of what is published, and those that were within the promise. */
  readonly samples: number;
  readonly fresh: number;
  /** Answers of ports that end by themselves, and those that were given within the promised time. */
  readonly timed: number;
  readonly quick: number;
  /** Samples of how far deliveries are behind, and those that were within the promise. */
  readonly lagSamples: number;
  readonly delivered: number;
}

export const NO_COUNTS: SloCounts = {
  received: 0,
  rejected: 0,
  requests: 0,
  failures: 0,
  samples: 0,
  fresh: 0,
  timed: 0,
  quick: 0,
  lagSamples: 0,
  delivered: 0,
};

const COUNTED = Object.keys(NO_COUNTS) as (keyof SloCounts)[];

export function addCounts(a: Partial<SloCounts>, b: Partial<SloCounts>): SloCounts {
  const sum = COUNTED.map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]);
  return Object.fromEntries(sum) as Record<keyof SloCounts, number>;
}

/** By the hour since 1970. */
export type SloHours = ReadonlyMap<number, SloCounts>;

/** The sum of the last `span` hours, the one of `hour` included. */
export function countsOf(hours: SloHours, hour: number, span: number): SloCounts {
  let sum = NO_COUNTS;
  for (const [at, counts] of hours) if (at > hour - span && at <= hour) sum = addCounts(sum, counts);
  return sum;
}

export const OBJECTIVES = ['freshness', 'completeness', 'availability', 'latency', 'delivery_lag'] as const;
export type Objective = (typeof OBJECTIVES)[number];
type ShareObjective = 'completeness' | 'availability' | 'latency';

/** How old what is published is, and how far the slowest delivery is behind it; undefined where there is none. */
export interface SloAges {
  readonly ageMs: number | undefined;
  readonly lagMs: number | undefined;
}

export interface SloReport {
  readonly objective: Objective;
  /** A share from 0 to 1; for freshness and delivery lag a time, in milliseconds. Null when nothing is promised. */
  readonly promised: number | null;
  /** Of latency: the time within which that share is answered, in milliseconds; null for others. */
  readonly withinMs: number | null;
  /** The share of the window that was good; null while nothing was counted. */
  readonly measured: number | null;
  readonly good: number;
  readonly total: number;
  /** Whether the promise is kept; null when nothing is promised or known. */
  readonly met: boolean | null;
  /** The share of the error budget that is left, down to below 0; null where there is no budget. */
  readonly budgetLeft: number | null;
  /** Burn rates by span (`1h`); null while nothing was counted in it. */
  readonly burn: Readonly<Record<string, number | null>>;
}

export function sloReports(slo: Slo, hours: SloHours, hour: number, { ageMs, lagMs }: SloAges): SloReport[] {
  return [
    ageReport('freshness', slo.freshnessMs, hours, hour, ageMs),
    shareReport('completeness', slo.completeness, hours, hour),
    shareReport('availability', slo.availability, hours, hour),
    { ...shareReport('latency', slo.latency?.share, hours, hour), withinMs: slo.latency?.withinMs ?? null },
    ageReport('delivery_lag', slo.deliveryLagMs, hours, hour, lagMs),
  ];
}

function ageReport(
  objective: 'freshness' | 'delivery_lag',
  promised: number | undefined,
  hours: SloHours,
  hour: number,
  ageMs: number | undefined,
): SloReport {
  const { good, total } = goodOf(objective, countsOf(hours, hour, SLO_WINDOW_HOURS));
  return {
    objective,
    promised: promised ?? null,
    withinMs: null,
    measured: shareOf(good, total),
    good,
    total,
    met: promised === undefined || ageMs === undefined ? null : ageMs <= promised,
    budgetLeft: null,
    burn: {},
  };
}

function shareReport(
  objective: ShareObjective,
  promised: number | undefined,
  hours: SloHours,
  hour: number,
): SloReport {
  const { good, total } = goodOf(objective, countsOf(hours, hour, SLO_WINDOW_HOURS));
  const measured = shareOf(good, total);
  const budget = promised === undefined ? undefined : 1 - promised;
  const spent = (share: number | null) =>
    budget === undefined || share === null ? null : rateOf(1 - share, budget);
  const burn = BURN_HOURS.map((span) => {
    const recent = goodOf(objective, countsOf(hours, hour, span));
    return [`${span}h`, spent(shareOf(recent.good, recent.total))] as const;
  });
  const used = spent(measured);
  return {
    objective,
    promised: promised ?? null,
    withinMs: null,
    measured,
    good,
    total,
    met: promised === undefined || measured === null ? null : measured >= promised,
    budgetLeft: used === null ? null : 1 - used,
    burn: promised === undefined ? {} : Object.fromEntries(burn),
  };
}

function goodOf(objective: Objective, counts: SloCounts): { good: number; total: number } {
  switch (objective) {
    case 'freshness':
      return { good: counts.fresh, total: counts.samples };
    case 'completeness':
      return { good: counts.received - counts.rejected, total: counts.received };
    case 'availability':
      return { good: counts.requests - counts.failures, total: counts.requests };
    case 'latency':
      return { good: counts.quick, total: counts.timed };
    case 'delivery_lag':
      return { good: counts.delivered, total: counts.lagSamples };
  }
}

function shareOf(good: number, total: number): number | null {
  return total === 0 ? null : good / total;
}

/** A promise of everything has no budget: any failure is more than all of it. */
function rateOf(bad: number, budget: number): number {
  if (bad <= 0) return 0;
  return budget <= 0 ? Number.MAX_SAFE_INTEGER : bad / budget;
}

/** The share of records that must be valid over the window, by tier. */
export const TIER_VALIDITY = { bronze: 0, silver: 0.9999, gold: 0.999999 } as const;
