/**
 * A statement between its pages. It has a guest to itself, so one that nobody asks for more rows may be made to let go of it
 * when others wait.
 */
import type { Clock } from '../base/clock.ts';
import { WharfError } from '../base/errors.ts';
import './errors.ts';
import type { GuestPage, GuestStarted } from './guest-messages.ts';
import { GUEST_IDLE_MS } from './limits.ts';

/** A statement at work; its guest is its own until it is closed. */
export interface RunningStatement {
  readonly started: GuestStarted;
  /** Throws SQL_IDLE once its guest was given to somebody who waited. */
  fetch(rowsMax: number): Promise<GuestPage>;
  /** Idempotent; never throws. */
  close(): Promise<void>;
}

export interface HeldGuest {
  readonly consumer: string;
  fetch(rowsMax: number): Promise<GuestPage>;
  /** Stops what is not done yet, and gives the guest back. */
  end(isDone: boolean): Promise<void>;
}

export class HeldStatement implements RunningStatement {
  readonly started: GuestStarted;
  readonly consumer: string;
  readonly #guest: HeldGuest;
  readonly #clock: Clock;
  #state: 'open' | 'closed' | 'taken' = 'open';
  #isDone: boolean;
  /** Undefined while a page is made. */
  #idleSinceMs: number | undefined;

  constructor(started: GuestStarted, guest: HeldGuest, clock: Clock) {
    this.started = started;
    this.consumer = guest.consumer;
    this.#guest = guest;
    this.#clock = clock;
    this.#isDone = started.page.done;
    this.#idleSinceMs = clock.nowMs();
  }

  /** Since when nobody has asked for rows; undefined for what must not be ended. */
  get idleSinceMs(): number | undefined {
    return this.#state === 'open' ? this.#idleSinceMs : undefined;
  }

  async fetch(rowsMax: number): Promise<GuestPage> {
    if (this.#state === 'taken') throw idleError();
    this.#idleSinceMs = undefined;
    try {
      const page = await this.#guest.fetch(rowsMax);
      this.#isDone = page.done;
      return page;
    } finally {
      this.#idleSinceMs = this.#clock.nowMs();
    }
  }

  close(): Promise<void> {
    return this.#end('closed');
  }

  /** Lets somebody else have the guest. */
  take(): Promise<void> {
    return this.#end('taken');
  }

  async #end(state: 'closed' | 'taken'): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = state;
    await this.#guest.end(this.#isDone);
  }
}

/** The statement that has been idle longest, and long enough for somebody else to have its guest. */
export function longestIdle(statements: Iterable<HeldStatement>, nowMs: number): HeldStatement | undefined {
  return [...statements]
    .filter(({ idleSinceMs }) => idleSinceMs !== undefined && nowMs - idleSinceMs >= GUEST_IDLE_MS)
    .sort((a, b) => (a.idleSinceMs ?? 0) - (b.idleSinceMs ?? 0))[0];
}

function idleError(): WharfError {
  return new WharfError(
    'SQL_IDLE',
    `The statement was ended: nobody asked for its rows for ${GUEST_IDLE_MS / 1_000} s, and others waited.`,
    {
      hint: 'Run it again; fetch its rows without long breaks, or all at once.',
      details: { sqlState: '25P03' },
    },
  );
}
