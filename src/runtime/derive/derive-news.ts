/** What a derived product waits for between two cycles: that inputs move, that it is due, or that somebody asks. */
import type { Schedule } from '../../base/schedule.ts';
import type { Derivation } from './derivation.ts';
import { type Positions, samePositions } from './derive-cursor.ts';
import { publishedPositions } from './open-inputs.ts';

const DUE_POLL_MS = 60_000;

export class DeriveNews {
  readonly #derivation: Derivation;
  #isAsked = false;
  #wake: () => void = () => undefined;

  constructor(derivation: Derivation) {
    this.#derivation = derivation;
  }

  /** Somebody wants the state to be computed anew, and has not been answered. */
  get isAsked(): boolean {
    return this.#isAsked;
  }

  ask(): void {
    this.#isAsked = true;
    this.#wake();
  }

  answered(): void {
    this.#isAsked = false;
  }

  /** Until the inputs' positions are others than these, somebody asks, or the signal. */
  untilMoved(from: Positions, signal: AbortSignal): Promise<void> {
    const { services, plan } = this.#derivation;
    return new Promise((resolve) => {
      const done = () => {
        for (const stop of stops) stop();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const stops = Object.keys(from).map((stream) => services.published.onMove(stream, done));
      signal.addEventListener('abort', done, { once: true });
      this.#wake = done;
      if (signal.aborted || this.#isAsked || !samePositions(from, publishedPositions(services, plan))) done();
    });
  }

  untilAsked(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => resolve();
      this.#wake = done;
      signal.addEventListener('abort', done, { once: true });
      if (signal.aborted || this.#isAsked) done();
    });
  }

  /** Looks at the clock now and then, because it may be set. */
  untilDue(schedule: Schedule, signal: AbortSignal): Promise<void> {
    const nowMs = this.#derivation.services.clock.nowMs();
    return this.sleep(Math.min(DUE_POLL_MS, Math.max(0, schedule.next(nowMs) - nowMs)), signal);
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return this.#derivation.services.clock.sleep(ms, signal).catch(() => undefined);
  }
}
