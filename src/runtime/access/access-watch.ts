/** Looks again and again whether what is being given may still be given, for what gives nothing for a while or much at once. */
import type { Clock } from '../../base/clock.ts';

/** A change takes effect within this time, and whatever the next look takes. */
const LOOK_MS = 1_000;

export interface Watched {
  /** Aborted with what the check threw. */
  readonly signal: AbortSignal;
  stop(): void;
}

export class AccessWatch {
  readonly #clock: Clock;
  readonly #watched = new Map<AbortController, () => void>();
  readonly #closed = new AbortController();
  #looking: Promise<void> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `check` throws once no more may be given. */
  watch(check: () => void): Watched {
    const ended = new AbortController();
    this.#watched.set(ended, check);
    this.#looking ??= this.#look();
    return { signal: ended.signal, stop: () => void this.#watched.delete(ended) };
  }

  async close(): Promise<void> {
    this.#closed.abort(new Error('closing'));
    await this.#looking;
  }

  /** One timer for all of them, while there are any. */
  async #look(): Promise<void> {
    while (this.#watched.size > 0 && !this.#closed.signal.aborted) {
      await this.#clock.sleep(LOOK_MS, this.#closed.signal).catch(() => undefined);
      for (const [ended, check] of this.#watched) {
        try {
          check();
        } catch (reason) {
          this.#watched.delete(ended);
          ended.abort(reason);
        }
      }
    }
    this.#looking = undefined;
  }
}
