/** How far a piece of work is that can be measured. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly unit: 'bytes' | 'records';
  /** Units a second since the work began; undefined until that is known. */
  readonly perSecond?: number;
  /** At that pace, in milliseconds. */
  readonly leftMs?: number;
}

/** A pace over less time says little. */
const PACE_AFTER_MS = 500;

/** Adds the pace to what work tells of itself. Work that has done less than it had before is other work. */
export class ProgressMeter {
  readonly #nowMs: () => number;
  #told: Progress | undefined;
  #began: { readonly ms: number; readonly done: number } = { ms: 0, done: 0 };

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** undefined when there is nothing to measure any more. */
  tell(progress: Pick<Progress, 'done' | 'total' | 'unit'> | undefined): void {
    const isOther = !this.#told || !progress || progress.done < this.#told.done;
    if (isOther && progress) this.#began = { ms: this.#nowMs(), done: progress.done };
    this.#told = progress;
  }

  get now(): Progress | undefined {
    const told = this.#told;
    if (!told) return undefined;
    const passedMs = this.#nowMs() - this.#began.ms;
    const done = told.done - this.#began.done;
    if (passedMs < PACE_AFTER_MS || done <= 0) return told;
    const perSecond = (done * 1_000) / passedMs;
    const leftMs = (Math.max(0, told.total - told.done) * 1_000) / perSecond;
    return { ...told, perSecond: Math.round(perSecond), leftMs: Math.round(leftMs) };
  }
}
