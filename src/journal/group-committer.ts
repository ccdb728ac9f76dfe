/**
 * Puts commits that come at the same time into one write.
 *
 * One group is written at a time; what comes meanwhile waits in the order of the calls and makes the next. Small groups start
 * at least `commitIntervalMs` apart, so many small commits cost few syncs, while a commit that comes to an idle journal goes
 * at once. A group with `promptBytes`, which is worth a sync of its own, does not wait.
 */
import { performance } from 'node:perf_hooks';
import { systemClock } from '../base/clock.ts';
import { formatBytes } from '../base/duration.ts';
import { WharfError } from '../base/errors.ts';
import type { JournalLimits } from './limits.ts';

interface Waiting<C, R> {
  readonly commit: C;
  readonly bytes: number;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

export type GroupLimits = Pick<
  JournalLimits,
  | 'commitIntervalMs'
  | 'promptBytes'
  | 'groupCommitsMax'
  | 'groupBytesMax'
  | 'waitingCommitsMax'
  | 'waitingBytesMax'
>;

export interface GroupCommitterOptions<C, R> {
  readonly limits: GroupLimits;
  readonly bytesOf: (commit: C) => number;
  /** Writes a group; for each commit, in order, its result or the error that it is to be rejected with. */
  readonly write: (commits: readonly C[]) => Promise<readonly (R | Error)[]>;
}

export class GroupCommitter<C, R> {
  readonly #options: GroupCommitterOptions<C, R>;
  #queue: Waiting<C, R>[] = [];
  #bytes = 0;
  #writing: Promise<void> | undefined;
  #startedMs = Number.NEGATIVE_INFINITY;
  #pause: AbortController | undefined;
  #closed = false;

  constructor(options: GroupCommitterOptions<C, R>) {
    this.#options = options;
  }

  /** Commits that wait for their group; those being written are not counted. */
  get waiting(): number {
    return this.#queue.length;
  }

  commit(commit: C): Promise<R> {
    const bytes = this.#options.bytesOf(commit);
    if (this.#closed) return Promise.reject(closedError());
    const busy = this.#busy(bytes);
    if (busy) return Promise.reject(busy);
    return new Promise((resolve, reject) => {
      this.#queue.push({ commit, bytes, resolve, reject });
      this.#bytes += bytes;
      if (this.#isPrompt()) this.#pause?.abort();
      this.#writing ??= this.#writeAll();
    });
  }

  /** Takes no more commits; resolves when those that wait have been written. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#pause?.abort();
    await this.#writing;
  }

  #busy(bytes: number): WharfError | undefined {
    const { waitingCommitsMax, waitingBytesMax } = this.#options.limits;
    const fits = this.#queue.length < waitingCommitsMax && this.#bytes + bytes <= waitingBytesMax;
    if (fits || this.#queue.length === 0) return undefined;
    return new WharfError(
      'JOURNAL_BUSY',
      `${this.#queue.length} commits with ${formatBytes(this.#bytes)} wait for the disk; expected at most ${waitingCommitsMax} with ${formatBytes(waitingBytesMax)}.`,
      { hint: 'Send it again a little later, and keep fewer commits under way at a time.' },
    );
  }

  #isPrompt(): boolean {
    const { groupCommitsMax, promptBytes } = this.#options.limits;
    return this.#queue.length >= groupCommitsMax || this.#bytes >= promptBytes;
  }

  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0) {
      await this.#pauseUntilDue();
      this.#startedMs = performance.now();
      await this.#writeGroup(this.#takeGroup());
    }
    this.#writing = undefined;
  }

  /** Real time, also where tests move the clock: what is waited for here is the disk. */
  async #pauseUntilDue(): Promise<void> {
    const waitMs = Math.ceil(this.#startedMs + this.#options.limits.commitIntervalMs - performance.now());
    if (waitMs <= 0 || this.#closed || this.#isPrompt()) return;
    this.#pause = new AbortController();
    const { signal } = this.#pause;
    await systemClock.sleep(waitMs, signal).catch((reason) => {
      if (!signal.aborted) throw reason;
    });
    this.#pause = undefined;
  }

  #takeGroup(): readonly Waiting<C, R>[] {
    const { groupCommitsMax, groupBytesMax } = this.#options.limits;
    let count = 0;
    let bytes = 0;
    for (const next of this.#queue) {
      if (count === groupCommitsMax || (count > 0 && bytes + next.bytes > groupBytesMax)) break;
      count += 1;
      bytes += next.bytes;
    }
    const group = this.#queue.slice(0, count);
    this.#queue = this.#queue.slice(count);
    this.#bytes -= bytes;
    return group;
  }

  async #writeGroup(group: readonly Waiting<C, R>[]): Promise<void> {
    try {
      const results = await this.#options.write(group.map(({ commit }) => commit));
      for (const [i, waiting] of group.entries()) {
        const result = results[i] as R | Error;
        if (result instanceof Error) waiting.reject(result);
        else waiting.resolve(result);
      }
    } catch (error) {
      for (const waiting of group) waiting.reject(error);
    }
  }
}

export function closedError(): WharfError {
  return new WharfError('JOURNAL_CLOSED', 'The journal is closed; nothing more can be committed.', {
    hint: 'Wharf is stopping. Send it again when it runs.',
  });
}
