/**
 * The line in which pushes wait to be written. When more come than can be written, each that is let in makes all behind it later, until
 * every sender has given up before its answer comes. So no more have a place than were taken within the last WAIT_MS, which is about how
 * long whoever is let in then waits. The others are held before anything of them is looked at: the newest is let in first, for its sender
 * waits most surely, and who was held for WAIT_MS is told to come again. To hold costs nothing, so that a refusal, which does, is needed
 * at most once in that time for a connection.
 *
 * A place is for a push whose body is here or comes at once: one whose body is still on its way after READ_MS loses its place, and takes
 * another once all of it is here. So bodies that never come keep nobody out.
 */
import type { Clock } from '../../base/clock.ts';
import { WharfError } from '../../base/errors.ts';
import '../../kit/errors.ts';

export const WAIT_MS = 2_000;
export const READ_MS = 500;
const SLOT_MS = 100;
const SLOTS = WAIT_MS / SLOT_MS;
/** So many always have a place: before the first is taken nobody knows how fast that goes. */
export const PLACES_MIN = 256;
/** More never have one: their slices would find the queue of validation full, after all the work that comes before it. */
export const PLACES_MAX = 768;
/** Pushes that are held at once. Each may have sent 128 KB by then, which is kept; beyond them a push is refused at once. */
export const PUSHES_HELD_MAX = 4_096;

/** One of these is called, once, unless the push leaves before. */
export interface PushTurn {
  readonly admit: () => void;
  readonly refuse: () => void;
}

type PushState = 'held' | 'reading' | 'placed' | 'late' | 'gone';

/** A push on its way through the line. */
export interface Push {
  admit: () => void;
  refuse: () => void;
  state: PushState;
  /** Since when it is held or read. */
  sinceMs: number;
}

export class PushLine {
  readonly #clock: Clock;
  /** Pushes that were taken in each of the last slots of time, the newest at `#slot % SLOTS`. */
  readonly #taken = new Array<number>(SLOTS).fill(0);
  #slot = 0;
  #placed = 0;
  /** In the order in which they came. */
  readonly #reading = new Set<Push>();
  readonly #held: Push[] = [];
  #isWatching = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Who holds no place, and is not refused yet. */
  get held(): number {
    return this.#held.length;
  }

  /** Admits at once where there is a place. */
  enter(turn: PushTurn): Push {
    const push: Push = { ...turn, state: 'held', sinceMs: this.#clock.nowMs() };
    this.#line(push);
    return push;
  }

  /** A push that comes to the line with all of its body. */
  late(): Push {
    return { admit: () => undefined, refuse: () => undefined, state: 'late', sinceMs: this.#clock.nowMs() };
  }

  /** Resolves once the push, all of whose body is here, has a place. Rejects with PUSH_BUSY. */
  async placed(push: Push): Promise<void> {
    if (this.#reading.delete(push)) {
      push.state = 'placed';
      this.#placed += 1;
    }
    if (push.state !== 'late') return;
    await new Promise<void>((admit, reject) => {
      push.state = 'held';
      push.sinceMs = this.#clock.nowMs();
      this.#line(Object.assign(push, { admit, refuse: () => reject(this.busy()) }));
    });
    await this.placed(push);
  }

  /** Its answer was given, or its sender is gone. */
  leave(push: Push, isTaken: boolean): void {
    if (push.state === 'held') this.#held.splice(this.#held.lastIndexOf(push), 1);
    if (push.state === 'placed') this.#placed -= 1;
    this.#reading.delete(push);
    push.state = 'gone';
    this.#forgetOld();
    if (isTaken) this.#taken[this.#slot % SLOTS] = (this.#taken[this.#slot % SLOTS] ?? 0) + 1;
    this.#advance();
  }

  /** PUSH_BUSY, as it is now. */
  busy(): WharfError {
    return new WharfError(
      'PUSH_BUSY',
      `${this.#placed + this.#reading.size + this.#held.length} pushes wait to be written, and ${this.#takenLately()} were taken within the last ${WAIT_MS / 1_000} seconds; expected fewer to wait than that.`,
      { hint: 'Send it again a little later; fewer pushes with more records each are taken faster.' },
    );
  }

  #line(push: Push): void {
    if (this.#hasPlace()) this.#admit(push);
    else if (this.#held.length >= PUSHES_HELD_MAX) this.#refuse(push);
    else {
      this.#held.push(push);
      void this.#watch();
    }
  }

  #admit(push: Push): void {
    push.state = 'reading';
    push.sinceMs = this.#clock.nowMs();
    this.#reading.add(push);
    push.admit();
  }

  #refuse(push: Push): void {
    push.state = 'gone';
    push.refuse();
  }

  #hasPlace(): boolean {
    if (this.#placed + this.#reading.size < PLACES_MIN) return true;
    this.#forgetOld();
    this.#dropLate();
    const places = Math.min(PLACES_MAX, Math.max(PLACES_MIN, this.#takenLately()));
    return this.#placed + this.#reading.size < places;
  }

  #dropLate(): void {
    for (const push of this.#reading) {
      if (!this.#isOver(push, READ_MS)) return;
      this.#reading.delete(push);
      push.state = 'late';
    }
  }

  /** Those who are held have no events of their own that could tell when their time is over. */
  async #watch(): Promise<void> {
    if (this.#isWatching) return;
    this.#isWatching = true;
    while (this.#held.length > 0) {
      await this.#clock.sleep(SLOT_MS);
      this.#advance();
    }
    this.#isWatching = false;
  }

  #advance(): void {
    while (this.#held.length > 0 && this.#hasPlace()) this.#admit(this.#held.pop() as Push);
    const first = this.#held.findIndex((push) => !this.#isOver(push, WAIT_MS));
    for (const push of this.#held.splice(0, first < 0 ? this.#held.length : first)) this.#refuse(push);
  }

  /** With a clock that was set back nobody waits for it to come again. */
  #isOver({ sinceMs }: Push, ms: number): boolean {
    const nowMs = this.#clock.nowMs();
    return nowMs >= sinceMs + ms || nowMs < sinceMs;
  }

  #takenLately(): number {
    return this.#taken.reduce((sum, count) => sum + count, 0);
  }

  #forgetOld(): void {
    const slot = Math.floor(this.#clock.nowMs() / SLOT_MS);
    // A clock that was set back keeps what was counted.
    if (slot <= this.#slot) return;
    for (let each = Math.max(this.#slot + 1, slot - SLOTS + 1); each <= slot; each++)
      this.#taken[each % SLOTS] = 0;
    this.#slot = slot;
  }
}
