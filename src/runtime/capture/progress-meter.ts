/** What work tells of itself. */
export interface ToldProgress {
  /** Of work in several steps: the one under way. */
  readonly step?: string;
  /** undefined where nobody knows how far the step is. */
  readonly amount?: { readonly done: number; readonly total: number };
  /** `rows` are those that the engine goes through, which may be others in each of its own steps. */
  readonly unit: 'bytes' | 'records' | 'rows';
}

/** How far a piece of work is. */
export interface Progress extends ToldProgress {
  /** How long the work, or its step, has gone on, in milliseconds; undefined for work that never ends. */
  readonly forMs?: number;
  /** Units a second since then; undefined until that is known, and when nothing has moved for a while. */
  readonly perSecond?: number;
  /** Of the work or its step, at that pace, in milliseconds. */
  readonly leftMs?: number;
}

/** A pace over less time says little. */
const PACE_AFTER_MS = 500;
/** What has not moved for so long says nothing of the time left. */
const PACE_UNMOVED_MS = 5_000;

/** Adds times and pace to what work tells of itself. Another step is other work, and so is work that has done less than it had before. */
export class ProgressMeter {
  readonly #nowMs: () => number;
  #told: ToldProgress | undefined;
  #beganMs = 0;
  #first: { readonly ms: number; readonly done: number } | undefined;
  #movedMs = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** undefined when there is nothing to tell of any more. */
  tell(told: ToldProgress | undefined): void {
    const was = this.#told;
    const nowMs = this.#nowMs();
    const isBack =
      was?.amount !== undefined && told?.amount !== undefined && told.amount.done < was.amount.done;
    if (!was || !told || told.step !== was.step || isBack) {
      this.#beganMs = nowMs;
      this.#first = undefined;
    }
    if (told?.amount && !this.#first) this.#first = { ms: nowMs, done: told.amount.done };
    if (told?.amount?.done !== was?.amount?.done) this.#movedMs = nowMs;
    this.#told = told;
  }

  get now(): Progress | undefined {
    const told = this.#told;
    if (!told) return undefined;
    const nowMs = this.#nowMs();
    return { ...told, forMs: nowMs - this.#beganMs, ...this.#pace(nowMs) };
  }

  #pace(nowMs: number): Pick<Progress, 'perSecond' | 'leftMs'> {
    const amount = this.#told?.amount;
    if (!amount || !this.#first || nowMs - this.#movedMs > PACE_UNMOVED_MS) return {};
    const passedMs = nowMs - this.#first.ms;
    const done = amount.done - this.#first.done;
    if (passedMs < PACE_AFTER_MS || done <= 0) return {};
    const perSecond = (done * 1_000) / passedMs;
    const leftMs = (Math.max(0, amount.total - amount.done) * 1_000) / perSecond;
    return { perSecond: Math.round(perSecond), leftMs: Math.round(leftMs) };
  }
}
