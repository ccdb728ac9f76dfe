import type { Clock } from '../../base/clock.ts';

/** A turn that lasts longer no longer keeps others waiting. */
const TURN_MS_MAX = 200;
/** What lies deeper is let pass work that asked so much earlier, for each level. */
const HEAD_START_MS = 200;

interface Waiting {
  /** Whoever has the least is next. */
  readonly rank: number;
  readonly begin: () => void;
}

/**
 * Lets work begin one after another.
 *
 * Short cycles of many products on few cores are sooner done one by one than all at once. Whoever asked first is first, but what is derived
 * from others goes before them when it asks about as early: so a record passes a chain of products in one round. What takes long holds nobody up.
 */
export class ShortTurns {
  readonly #clock: Clock;
  readonly #waiting: Waiting[] = [];
  #isTaken = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `depth`: how many derivations lie between the work and what is captured. */
  async take<T>(depth: number, work: () => Promise<T>): Promise<T> {
    if (this.#isTaken) {
      const rank = this.#clock.nowMs() - depth * HEAD_START_MS;
      await new Promise<void>((resolve) => this.#waiting.push({ rank, begin: resolve }));
    }
    this.#isTaken = true;
    let isOver = false;
    const ended = new AbortController();
    const pass = () => {
      if (isOver) return;
      isOver = true;
      this.#passOn();
    };
    this.#clock.sleep(TURN_MS_MAX, ended.signal).then(pass, pass);
    try {
      return await work();
    } finally {
      ended.abort(new Error('the turn is over'));
    }
  }

  #passOn(): void {
    const next = this.#waiting.reduce<Waiting | undefined>(
      (first, other) => (first === undefined || other.rank < first.rank ? other : first),
      undefined,
    );
    this.#isTaken = next !== undefined;
    if (!next) return;
    this.#waiting.splice(this.#waiting.indexOf(next), 1);
    next.begin();
  }
}
