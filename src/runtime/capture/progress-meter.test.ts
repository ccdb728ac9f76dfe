import { describe, expect, it } from 'vitest';
import { ProgressMeter } from './progress-meter.ts';

describe('the progress of a task', () => {
  const of = (done: number, total: number, step?: string) => ({
    ...(step && { step }),
    amount: { done, total },
    unit: 'records' as const,
  });

  it('says its pace and the time left once it has gone on for a while', () => {
    let nowMs = 1_000;
    const meter = new ProgressMeter(() => nowMs);
    expect(meter.now).toBeUndefined();
    meter.tell(of(100, 1_100));
    expect(meter.now).toEqual({ ...of(100, 1_100), forMs: 0 });
    nowMs += 2_000;
    meter.tell(of(300, 1_100));
    expect(meter.now).toEqual({ ...of(300, 1_100), forMs: 2_000, perSecond: 100, leftMs: 8_000 });
    nowMs += 2_000;
    expect(meter.now?.perSecond, 'nothing came meanwhile').toBe(50);
  });

  it('begins anew with the next piece of work', () => {
    let nowMs = 0;
    const meter = new ProgressMeter(() => nowMs);
    meter.tell(of(1_000, 1_000));
    nowMs += 60_000;
    meter.tell(of(0, 10));
    nowMs += 1_000;
    meter.tell(of(5, 10));
    expect(meter.now).toEqual({ ...of(5, 10), forMs: 1_000, perSecond: 5, leftMs: 1_000 });
    meter.tell(undefined);
    expect(meter.now).toBeUndefined();
  });

  it('says no time left for a step of which nobody knows how far it is, only how long it has gone on', () => {
    let nowMs = 0;
    const meter = new ProgressMeter(() => nowMs);
    meter.tell({ step: 'computing', unit: 'rows' });
    nowMs += 3_000;
    meter.tell({ step: 'computing', unit: 'rows' });
    expect(meter.now).toEqual({ step: 'computing', unit: 'rows', forMs: 3_000 });
    meter.tell(of(10, 100, 'computing'));
    nowMs += 1_000;
    meter.tell(of(20, 100, 'computing'));
    expect(meter.now).toEqual({ ...of(20, 100, 'computing'), forMs: 4_000, perSecond: 10, leftMs: 8_000 });
    nowMs += 10_000;
    meter.tell(of(20, 100, 'computing'));
    expect(meter.now, 'it has not moved for long').toEqual({ ...of(20, 100, 'computing'), forMs: 14_000 });
    meter.tell({ step: 'comparing', unit: 'rows' });
    expect(meter.now, 'the next step').toEqual({ step: 'comparing', unit: 'rows', forMs: 0 });
  });
});
