import { describe, expect, it } from 'vitest';
import { VirtualClock } from './clock.ts';
import { ShiftedClock } from './shifted-clock.ts';

describe('a shifted clock', () => {
  it('runs as the other one does, from its own time', () => {
    const real = new VirtualClock(1_000);
    const clock = new ShiftedClock(50_000, real);
    real.advance(7);
    expect(clock.nowMs()).toBe(50_007);
  });

  it('wakes those whose time has come when it is set forward, and nobody else', async () => {
    const clock = new ShiftedClock(0, new VirtualClock(0));
    const woken: string[] = [];
    void clock.sleep(1_000).then(() => woken.push('early'));
    void clock.sleep(5_000).then(() => woken.push('late'));
    clock.setForward(1_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(woken).toEqual(['early']);
  });

  it('is never set back', () => {
    const clock = new ShiftedClock(5_000, new VirtualClock(0));
    clock.setForward(1_000);
    expect(clock.nowMs()).toBe(5_000);
  });

  it('ends a sleep with the reason of its signal', async () => {
    const stop = new AbortController();
    const slept = new ShiftedClock(0, new VirtualClock(0)).sleep(10, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(slept).rejects.toThrow('stopped');
  });
});
