import { describe, expect, it } from 'vitest';
import { ProgressMeter } from './progress-meter.ts';

describe('the progress of a task', () => {
  it('says its pace and the time left once it has gone on for a while', () => {
    let nowMs = 1_000;
    const meter = new ProgressMeter(() => nowMs);
    expect(meter.now).toBeUndefined();
    meter.tell({ done: 100, total: 1_100, unit: 'records' });
    expect(meter.now).toEqual({ done: 100, total: 1_100, unit: 'records' });
    nowMs += 2_000;
    meter.tell({ done: 300, total: 1_100, unit: 'records' });
    expect(meter.now).toEqual({ done: 300, total: 1_100, unit: 'records', perSecond: 100, leftMs: 8_000 });
    nowMs += 2_000;
    expect(meter.now?.perSecond, 'nothing came meanwhile').toBe(50);
  });

  it('begins anew with the next piece of work', () => {
    let nowMs = 0;
    const meter = new ProgressMeter(() => nowMs);
    meter.tell({ done: 1_000, total: 1_000, unit: 'records' });
    nowMs += 60_000;
    meter.tell({ done: 0, total: 10, unit: 'records' });
    nowMs += 1_000;
    meter.tell({ done: 5, total: 10, unit: 'records' });
    expect(meter.now).toEqual({ done: 5, total: 10, unit: 'records', perSecond: 5, leftMs: 1_000 });
    meter.tell(undefined);
    expect(meter.now).toBeUndefined();
  });
});
