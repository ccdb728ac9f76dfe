/**
 * Batches that are validated side by side and settled in the order of the source. What is ready when a batch's turn comes is settled
 * together with it, so that a slow disk costs one sync for all of them; nothing waits for a batch behind it.
 */
import type { CaptureBatch } from '../../kit/input.ts';
import type { BatchVerdict } from './validate-batch.ts';

/** Bytes of documents that are settled together, unless one batch alone has more. */
const GROUP_BYTES_MAX = 4 * 1024 * 1024;

export interface JudgedBatch {
  readonly batch: CaptureBatch;
  readonly found: BatchVerdict;
}

interface Waiting {
  readonly batch: CaptureBatch;
  readonly verdict: Promise<BatchVerdict>;
  found: BatchVerdict | undefined;
}

export class SettleQueue {
  readonly #settle: (group: readonly JudgedBatch[]) => Promise<void>;
  #waiting: Waiting[] = [];
  #settled: Promise<void> = Promise.resolve();

  /** `settle` is given one batch of a whole, or batches that may be one commit, at least one. */
  constructor(settle: (group: readonly JudgedBatch[]) => Promise<void>) {
    this.#settle = settle;
  }

  /** All that was pushed so far; an error of an earlier batch is also a later one's. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  push(batch: CaptureBatch, verdict: Promise<BatchVerdict>): Promise<void> {
    const waiting: Waiting = { batch, verdict, found: undefined };
    verdict.then(
      (found) => {
        waiting.found = found;
      },
      // Whoever settles it gets the error.
      () => undefined,
    );
    this.#waiting.push(waiting);
    const settled = this.#settled.then(() => this.#settleFrom(waiting));
    settled.catch(() => undefined);
    this.#settled = settled;
    return settled;
  }

  async #settleFrom(first: Waiting): Promise<void> {
    // It may have been settled together with an earlier one.
    if (this.#waiting[0] !== first) return;
    first.found = await first.verdict;
    const group = this.#group();
    this.#waiting = this.#waiting.slice(group.length);
    await this.#settle(group);
  }

  #group(): JudgedBatch[] {
    const group: JudgedBatch[] = [];
    let bytes = 0;
    for (const { batch, found } of this.#waiting) {
      if (!found) break;
      bytes += found.accepted.length;
      const first = group[0]?.batch;
      if (first && (bytes > GROUP_BYTES_MAX || !isOneCommit(first, batch))) break;
      group.push({ batch, found });
    }
    return group;
  }
}

/** Where an open batch ends nothing may be seen yet, so it does not end together with one that is not. */
function isOneCommit(a: CaptureBatch, b: CaptureBatch): boolean {
  return !a.whole && !b.whole && (a.open === true) === (b.open === true);
}
