import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';

interface Sleeper {
  readonly dueMs: number;
  wake(): void;
}

/** A clock that runs as another one does, from a time of its own, and can be set forward; then all whose time has come wake up. */
export class ShiftedClock implements Clock {
  readonly #real: Clock;
  readonly #sleepers = new Set<Sleeper>();
  #shiftMs: number;

  constructor(startMs: number, real: Clock = systemClock) {
    this.#real = real;
    this.#shiftMs = startMs - real.nowMs();
  }

  nowMs(): number {
    return this.#real.nowMs() + this.#shiftMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const dueMs = this.nowMs() + ms;
    const woken = new AbortController();
    const sleeper: Sleeper = { dueMs, wake: () => woken.abort() };
    this.#sleepers.add(sleeper);
    const either = signal ? AbortSignal.any([signal, woken.signal]) : woken.signal;
    try {
      await this.#real.sleep(ms, either).catch((thrown: unknown) => {
        if (!woken.signal.aborted || signal?.aborted) throw thrown;
      });
    } finally {
      this.#sleepers.delete(sleeper);
    }
  }

  /** Does nothing when that time has passed. */
  setForward(toMs: number): void {
    this.#shiftMs += Math.max(0, toMs - this.nowMs());
    for (const sleeper of this.#sleepers) if (sleeper.dueMs <= this.nowMs()) sleeper.wake();
  }
}
