/**
 * Pushes whose bodies are here and whose answers are not. When more come than can be written, each that is let in makes all behind it
 * later, until every sender has given up before its answer comes. So no more may wait than were answered within the last WAIT_MS, which
 * is about how long whoever is let in then waits; the others are told at once to come again.
 */
import type { Clock } from '../../base/clock.ts';
import { WharfError } from '../../base/errors.ts';
import './errors.ts';

const WAIT_MS = 2_000;
const SLOT_MS = 100;
const SLOTS = WAIT_MS / SLOT_MS;
/** So many may always wait: before the first answers nobody knows how fast they come. */
export const PUSHES_WAITING_MIN = 256;

export class PushLine {
  readonly #clock: Clock;
  /** Answers in each of the last slots of time, the newest at `#slot % SLOTS`. */
  readonly #answered = new Array<number>(SLOTS).fill(0);
  #slot = 0;
  #waiting = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws PUSH_BUSY when no more may wait. */
  check(): void {
    if (this.#waiting < PUSHES_WAITING_MIN) return;
    this.#forgetOld();
    const answered = this.#answered.reduce((sum, count) => sum + count, 0);
    if (this.#waiting < answered) return;
    throw new WharfError(
      'PUSH_BUSY',
      `${this.#waiting} pushes wait to be written, and ${answered} were answered within the last ${WAIT_MS / 1_000} seconds; expected fewer to wait than that.`,
      { hint: 'Send it again a little later; fewer pushes with more records each are taken faster.' },
    );
  }

  /** Waits in line while `work` is under way. Throws PUSH_BUSY, and what `work` throws. */
  async through<T>(work: () => Promise<T>): Promise<T> {
    this.check();
    this.#waiting += 1;
    try {
      return await work();
    } finally {
      this.#waiting -= 1;
      this.#forgetOld();
      this.#answered[this.#slot % SLOTS] = (this.#answered[this.#slot % SLOTS] ?? 0) + 1;
    }
  }

  #forgetOld(): void {
    const slot = Math.floor(this.#clock.nowMs() / SLOT_MS);
    // A clock that was set back keeps what was counted.
    if (slot <= this.#slot) return;
    for (let each = Math.max(this.#slot + 1, slot - SLOTS + 1); each <= slot; each++)
      this.#answered[each % SLOTS] = 0;
    this.#slot = slot;
  }
}
