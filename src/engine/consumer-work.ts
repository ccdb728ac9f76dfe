/** How much processor time the statements of each consumer have taken lately, in all its guests together. */
import type { Clock } from '../base/clock.ts';
import { CONSUMERS_MAX, WORK_HALF_LIFE_MS, WORK_MUCH_MS } from './limits.ts';

interface Work {
  readonly ms: number;
  readonly atMs: number;
}

export class ConsumerWork {
  readonly #clock: Clock;
  /** The one that was added to last stands last. */
  readonly #work = new Map<string, Work>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(consumer: string, ms: number): void {
    const sum = this.#now(consumer) + ms;
    this.#work.delete(consumer);
    this.#work.set(consumer, { ms: sum, atMs: this.#clock.nowMs() });
    const [oldest] = this.#work.keys();
    if (this.#work.size > CONSUMERS_MAX && oldest !== undefined) this.#work.delete(oldest);
  }

  /** So much that the statements of others, and the platform, go before this one's. */
  isMuch(consumer: string): boolean {
    return this.#now(consumer) >= WORK_MUCH_MS;
  }

  #now(consumer: string): number {
    const work = this.#work.get(consumer);
    return work ? work.ms * 0.5 ** ((this.#clock.nowMs() - work.atMs) / WORK_HALF_LIFE_MS) : 0;
  }
}
