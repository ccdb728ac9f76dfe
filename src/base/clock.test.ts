import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from './clock.ts';

describe('a virtual clock', () => {
  it('leaves nothing behind on a signal that outlives many sleeps', async () => {
    const clock = new VirtualClock(0);
    const { signal } = new AbortController();
    for (let i = 0; i < 20; i++) {
      const slept = clock.sleep(10, signal);
      clock.advance(10);
      await slept;
    }
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('wakes nobody whose signal was aborted, and says why', async () => {
    const clock = new VirtualClock(0);
    const stop = new AbortController();
    const slept = clock.sleep(10, stop.signal);
    stop.abort(new Error('closing'));
    clock.advance(10);
    await expect(slept).rejects.toThrow('closing');
  });
});
