/** Places for a number of guests, given in turns by consumer; no consumer has all of them. */
import { WharfError } from '../base/errors.ts';
import { GUEST_QUEUE_MAX } from './limits.ts';

interface Waiting {
  readonly enter: () => void;
  readonly refuse: (reason: unknown) => void;
}

export class GuestQueue {
  #free: number;
  /** By consumer, in the order of their turns. */
  readonly #waiting = new Map<string, Waiting[]>();

  /** Places that each consumer has now. */
  readonly #held = new Map<string, number>();
  readonly #eachMax: number;

  /** A consumer has `eachMax` places at most: its statements may take long, and others must not wait for all of them. */
  constructor(places: number, eachMax: number = places) {
    this.#free = places;
    this.#eachMax = eachMax;
  }

  /** Resolves when there is a place, which is then the caller's until it leaves. Throws SQL_BUSY, or the signal's reason. */
  async enter(consumer: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0 && this.#mayHold(consumer)) {
      this.#free -= 1;
      this.#hold(consumer, 1);
      return;
    }
    const own = this.#waiting.get(consumer) ?? [];
    if (own.length >= GUEST_QUEUE_MAX) throw busyError();
    this.#waiting.set(consumer, own);
    await new Promise<void>((resolve, reject) => {
      const settled = new AbortController();
      const done = (settle: () => void) => {
        settled.abort();
        settle();
      };
      const waiting: Waiting = { enter: () => done(resolve), refuse: (reason) => done(() => reject(reason)) };
      own.push(waiting);
      const giveUp = () => {
        own.splice(own.indexOf(waiting), 1);
        waiting.refuse(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true, signal: settled.signal });
    });
  }

  /** Whether somebody must leave before the consumer can enter. */
  isFullFor(consumer: string): boolean {
    return this.#free === 0 || !this.#mayHold(consumer);
  }

  /** Whether the consumer must leave a place before it can have another. */
  isHeldBy(consumer: string): boolean {
    return !this.#mayHold(consumer);
  }

  leave(consumer: string): void {
    this.#hold(consumer, -1);
    for (const [waitingFor, own] of this.#waiting) {
      if (own.length > 0 && !this.#mayHold(waitingFor)) continue;
      const next = own.shift();
      // The consumer whose turn it was goes to the end.
      this.#waiting.delete(waitingFor);
      if (own.length > 0) this.#waiting.set(waitingFor, own);
      if (!next) continue;
      this.#hold(waitingFor, 1);
      next.enter();
      return;
    }
    this.#free += 1;
  }

  #mayHold(consumer: string): boolean {
    return (this.#held.get(consumer) ?? 0) < this.#eachMax;
  }

  #hold(consumer: string, change: 1 | -1): void {
    const held = (this.#held.get(consumer) ?? 0) + change;
    if (held === 0) this.#held.delete(consumer);
    else this.#held.set(consumer, held);
  }

  close(reason: unknown): void {
    for (const own of this.#waiting.values()) for (const waiting of own.splice(0)) waiting.refuse(reason);
    this.#waiting.clear();
  }
}

function busyError(): WharfError {
  return new WharfError('SQL_BUSY', `More than ${GUEST_QUEUE_MAX} of your statements wait.`, {
    hint: 'Wait for answers before sending more.',
    details: { sqlState: '53300' },
  });
}
