import { describe, expect, it } from 'vitest';
import { LagMeter } from './lag-meter.ts';

describe('how long a delivery is behind', () => {
  it('counts from the first position that it does not hold', () => {
    const lag = new LagMeter();
    lag.published(10, 1_000);
    lag.published(20, 3_000);
    expect(lag.lagMs(5_000)).toBe(4_000);
    lag.delivered(10);
    expect(lag.lagMs(5_000)).toBe(2_000);
    lag.delivered(20);
    expect(lag.lagMs(5_000)).toBe(0);
  });

  it('never looks shorter than it is, however much is published meanwhile', () => {
    const lag = new LagMeter();
    for (let position = 1; position <= 5_000; position++) lag.published(position, position);
    lag.delivered(2_000);
    expect(lag.lagMs(6_000)).toBeGreaterThanOrEqual(6_000 - 2_001);
  });
});
