/** Guests that nobody has now. */
import type { GuestProcess } from './guest-process.ts';

export interface Guest {
  readonly process: GuestProcess;
  readonly startedMs: number;
  access: string | undefined;
  /** Who has it, or had it last. */
  consumer: string;
}

export class IdleGuests {
  readonly #guests: Guest[] = [];

  add(guest: Guest): void {
    this.#guests.push(guest);
  }

  /** One of the same access, else one that nobody used yet; one that gives way as wanted before one that would have to be made to. */
  take(access: string, givesWay: boolean): Guest | undefined {
    for (const wanted of [access, undefined]) {
      const usable = this.#guests.filter((guest) => guest.access === wanted && guest.process.alive);
      const found = usable.find(({ process }) => process.givesWay === givesWay) ?? usable[0];
      if (!found) continue;
      this.#guests.splice(this.#guests.indexOf(found), 1);
      return found;
    }
    return undefined;
  }

  /** The one that has waited longest, whatever its access. */
  takeAny(): Guest | undefined {
    return this.#guests.shift();
  }
}
