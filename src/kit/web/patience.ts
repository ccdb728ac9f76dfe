/** Tries something again and again while its errors say that this may help: later and later, never all at once. */
import type { Clock } from '../../base/clock.ts';
import { WharfError } from '../../base/errors.ts';
import { type Random, randomName, seededRandom } from '../../base/random.ts';

const BACK_OFF_FIRST_MS = 250;
export const BACK_OFF_MS_MAX = 30_000;

export interface PatienceOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly random?: Random;
  readonly attemptsMax: number;
}

export class Patience {
  readonly #options: PatienceOptions;
  readonly #random: Random;

  constructor(options: PatienceOptions) {
    this.#options = options;
    this.#random = options.random ?? seededRandom(Number.parseInt(randomName(4), 16));
  }

  /** Throws what the last attempt threw, or what is not retryable at once. */
  async until<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (thrown) {
        if (!isRetryable(thrown) || attempt >= this.#options.attemptsMax) throw thrown;
        await this.wait(attempt, thrown);
      }
    }
  }

  /** As long as the server said, else twice as long each time; with jitter, so that many do not come back at once. */
  async wait(attempt: number, thrown?: unknown): Promise<void> {
    const said = thrown instanceof WharfError ? thrown.details?.retryAfterMs : undefined;
    const backOffMs = Math.min(BACK_OFF_MS_MAX, BACK_OFF_FIRST_MS * 2 ** (attempt - 1));
    const jitter = this.#random.next();
    const ms = typeof said === 'number' ? said + jitter * BACK_OFF_FIRST_MS : backOffMs * (0.5 + jitter / 2);
    await this.#options.clock.sleep(ms, this.#options.signal);
  }
}

export function isRetryable(thrown: unknown): boolean {
  return thrown instanceof WharfError && thrown.retryable;
}
