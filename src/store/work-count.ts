/** What was done to a stream's runs since the store was opened. */
export interface WorkCount {
  readonly flushes: number;
  readonly merges: number;
  /** Rounds that failed and were tried again later. */
  readonly failures: number;
  readonly flushMs: number;
  readonly mergeMs: number;
}

export class WorkMeter {
  #count: WorkCount = { flushes: 0, merges: 0, failures: 0, flushMs: 0, mergeMs: 0 };

  get count(): WorkCount {
    return this.#count;
  }

  async flush(work: () => Promise<unknown>): Promise<void> {
    const startedMs = performance.now();
    await work();
    const { flushes, flushMs } = this.#count;
    this.#count = { ...this.#count, flushes: flushes + 1, flushMs: flushMs + performance.now() - startedMs };
  }

  /** `work` says whether there was anything to merge. */
  async merge(work: () => Promise<boolean>): Promise<boolean> {
    const startedMs = performance.now();
    if (!(await work())) return false;
    const { merges, mergeMs } = this.#count;
    this.#count = { ...this.#count, merges: merges + 1, mergeMs: mergeMs + performance.now() - startedMs };
    return true;
  }

  failed(): void {
    this.#count = { ...this.#count, failures: this.#count.failures + 1 };
  }
}
