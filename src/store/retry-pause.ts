import type { Clock } from '../base/clock.ts';
import type { StoreLimits } from './limits.ts';

/** What failed is left alone for a while, the longer the more often it failed. */
export class RetryPause {
  readonly #clock: Clock;
  readonly #limits: Pick<StoreLimits, 'retryMs' | 'retryMsMax'>;
  #failures = 0;
  #untilMs = 0;

  constructor(clock: Clock, limits: Pick<StoreLimits, 'retryMs' | 'retryMsMax'>) {
    this.#clock = clock;
    this.#limits = limits;
  }

  get isOn(): boolean {
    return this.#clock.nowMs() < this.#untilMs;
  }

  failed(): void {
    const { retryMs, retryMsMax } = this.#limits;
    this.#untilMs = this.#clock.nowMs() + Math.min(retryMsMax, retryMs * 2 ** this.#failures);
    this.#failures += 1;
  }

  succeeded(): void {
    this.#failures = 0;
  }
}
