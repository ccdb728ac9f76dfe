import { describe, expect, it } from 'vitest';
import { Histogram } from './histogram.ts';
import { openMetricsText } from './open-metrics.ts';
import { NO_COUNTS, type SloCounts, sloReports } from './service-level.ts';

const SLO = {
  freshnessMs: 1_000,
  availability: 0.99,
  completeness: 0.9,
  latency: { withinMs: 200, share: 0.9 },
  deliveryLagMs: 5_000,
};
const HOUR = 500_000;
const at = (counts: Partial<SloCounts>) => ({ ...NO_COUNTS, ...counts });

describe('service levels', () => {
  it('say that nothing is known while nothing was counted', () => {
    expect(
      sloReports(SLO, new Map(), HOUR, { ageMs: undefined, lagMs: undefined }).map((r) => [
        r.objective,
        r.measured,
        r.met,
        r.budgetLeft,
      ]),
    ).toEqual([
      ['freshness', null, null, null],
      ['completeness', null, null, null],
      ['availability', null, null, null],
      ['latency', null, null, null],
      ['delivery_lag', null, null, null],
    ]);
  });

  it('tell how much of the budget is left and how fast it burns', () => {
    const hours = new Map([
      [HOUR - 100, at({ requests: 900, failures: 0 })],
      [HOUR - 3, at({ requests: 50, failures: 1 })],
      [HOUR, at({ requests: 50, failures: 4, received: 100, rejected: 5 })],
    ]);
    const [, completeness, availability] = sloReports(SLO, hours, HOUR, { ageMs: 0, lagMs: undefined });
    expect(availability).toMatchObject({ good: 995, total: 1_000, measured: 0.995, met: true });
    expect(availability?.budgetLeft).toBeCloseTo(0.5);
    expect(availability?.burn['1h']).toBeCloseTo(8);
    expect(availability?.burn['6h']).toBeCloseTo(5);
    expect(completeness).toMatchObject({ measured: 0.95, met: true });
    expect(completeness?.budgetLeft).toBeCloseTo(0.5);
  });

  it('tell how many answers were quick enough, and whether deliveries follow', () => {
    const hours = new Map([
      [HOUR - 2, at({ timed: 60, quick: 60, lagSamples: 5, delivered: 5 })],
      [HOUR, at({ timed: 40, quick: 35, lagSamples: 5, delivered: 4 })],
    ]);
    const [, , , latency, lag] = sloReports(SLO, hours, HOUR, { ageMs: 0, lagMs: 5_001 });
    expect(latency).toMatchObject({ promised: 0.9, withinMs: 200, good: 95, total: 100, met: true });
    expect(latency?.budgetLeft).toBeCloseTo(0.5);
    expect(latency?.burn['1h']).toBeCloseTo(1.25);
    expect(lag).toMatchObject({ promised: 5_000, withinMs: null, measured: 0.9, met: false });
    const [, , , , kept] = sloReports(SLO, hours, HOUR, { ageMs: 0, lagMs: 5_000 });
    expect(kept?.met).toBe(true);
  });

  it('forget what is older than the window', () => {
    const hours = new Map([
      [HOUR - 720, at({ requests: 10, failures: 10 })],
      [HOUR - 719, at({ requests: 10, failures: 0 })],
    ]);
    expect(sloReports(SLO, hours, HOUR, { ageMs: 0, lagMs: undefined })[2]).toMatchObject({
      good: 10,
      total: 10,
      met: true,
      budgetLeft: 1,
    });
  });

  it('call what is older than promised late, whatever it was before', () => {
    const hours = new Map([[HOUR, at({ samples: 10, fresh: 9 })]]);
    expect(sloReports(SLO, hours, HOUR, { ageMs: 1_001, lagMs: undefined })[0]).toMatchObject({
      met: false,
      measured: 0.9,
    });
    expect(sloReports(SLO, hours, HOUR, { ageMs: 1_000, lagMs: undefined })[0]).toMatchObject({ met: true });
  });

  it('have no budget where everything is promised', () => {
    const hours = new Map([[HOUR, at({ requests: 10, failures: 1 })]]);
    expect(
      sloReports({ ...SLO, availability: 1 }, hours, HOUR, { ageMs: 0, lagMs: undefined })[2],
    ).toMatchObject({ met: false });
    expect(
      sloReports({ ...SLO, availability: 1 }, hours, HOUR, { ageMs: 0, lagMs: undefined })[2]?.budgetLeft,
    ).toBeLessThan(0);
  });
});

describe('a histogram', () => {
  it('counts each value below its bound and tells shares', () => {
    const histogram = new Histogram([1, 2, 5]);
    for (const value of [0.5, 1, 1.5, 4, 9]) histogram.add(value);
    expect(
      histogram.samples({ a: 'b' }).map(({ suffix, labels, value }) => [suffix, labels.le, value]),
    ).toEqual([
      ['_bucket', '1.0', 2],
      ['_bucket', '2.0', 3],
      ['_bucket', '5.0', 4],
      ['_bucket', '+Inf', 5],
      ['_count', undefined, 5],
      ['_sum', undefined, 16],
    ]);
    expect([0.4, 0.5, 0.8, 1].map((share) => histogram.quantile(share))).toEqual([1, 2, 5, null]);
    expect(new Histogram().quantile(0.5)).toBe(null);
  });
});

describe('metrics as text', () => {
  it('escapes what a label may not hold, and ends with the end mark', () => {
    const text = openMetricsText([
      {
        name: 'a_seconds',
        type: 'gauge',
        unit: 'seconds',
        help: 'Of "a"\nand \\b.',
        samples: [{ labels: { x: 'q"\\\n' }, value: 1.5 }],
      },
      { name: 'b', type: 'counter', help: 'B.', samples: [{ labels: {}, value: Number.POSITIVE_INFINITY }] },
      { name: 'c', type: 'counter', help: 'Nothing of it.', samples: [] },
    ]);
    expect(text).toBe(
      '# TYPE a_seconds gauge\n# UNIT a_seconds seconds\n# HELP a_seconds Of \\"a\\"\\nand \\\\b.\na_seconds{x="q\\"\\\\\\n"} 1.5\n# TYPE b counter\n# HELP b B.\nb_total +Inf\n# EOF\n',
    );
  });
});
