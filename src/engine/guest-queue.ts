/** Places for a number of guests, given in turns by consumer. */
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

  constructor(places: number) {
    this.#free = places;
  }

  /** Resolves when there is a place, which is then the caller's until it leaves. Throws SQL_BUSY, or the signal's reason. */
  async enter(consumer: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
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

  leave(): void {
    for (const [consumer, own] of this.#waiting) {
      const next = own.shift();
      // The consumer whose turn it was goes to the end.
      this.#waiting.delete(consumer);
      if (own.length > 0) this.#waiting.set(consumer, own);
      if (!next) continue;
      next.enter();
      return;
    }
    this.#free += 1;
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
