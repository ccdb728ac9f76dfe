/** What changes a stream's manifest: one piece of work at a time, in the order of the calls. */
export class ExclusiveWork {
  readonly #onEnd: () => void;
  #last: Promise<unknown> = Promise.resolve();
  #pieces = 0;
  #flushing: Promise<void> | undefined;

  /** `onEnd` is called after each piece, however it ended. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  /** False while something works, or waits to do so. */
  get isAtRest(): boolean {
    return this.#pieces === 0;
  }

  /** The flush that is under way. */
  get flushing(): Promise<void> | undefined {
    return this.#flushing;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    this.#pieces += 1;
    const result = this.#last.then(work).finally(() => {
      this.#pieces -= 1;
      this.#onEnd();
    });
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Likewise, shown as `flushing` from when it begins until it is done. */
  runFlush<T>(work: () => Promise<T>): Promise<T> {
    const begin = () => {
      this.#flushing = done;
    };
    const beginsNow = this.isAtRest;
    const result = this.run(() => {
      begin();
      return work();
    });
    const end = () => {
      if (this.#flushing === done) this.#flushing = undefined;
    };
    const done: Promise<void> = result.then(end, end);
    if (beginsNow) begin();
    return result;
  }
}
