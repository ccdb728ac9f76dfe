import type { Clock } from '../base/clock.ts';
import { crashPoint } from '../base/crash-points.ts';
import { codeOf, messageOf, WharfError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { type DiskRoom, hasRoomFor } from './disk-room.ts';
import { closedError, GroupCommitter } from './group-committer.ts';
import { type GroupPlan, planGroup } from './group-plan.ts';
import type { Block, Commit, Committed, Journal, JournalStats, StreamId } from './journal.ts';
import { cursorKey } from './keys.ts';
import type { JournalLimits } from './limits.ts';
import type { KeyFile } from './lmdb-file.ts';
import { type PreparedCommit, prepareCommit } from './prepared-commit.ts';
import { readBlocks } from './read-blocks.ts';
import { SettledCursors } from './settled-cursors.ts';
import { EMPTY_STREAM, type StreamState } from './stream-draft.ts';
import { fullError, syncError } from './write-failure.ts';

export interface LmdbJournalOptions {
  readonly file: KeyFile;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: JournalLimits;
  readonly room: DiskRoom;
  readonly states: Map<StreamId, StreamState>;
  /** Time of the last commit before this start. */
  readonly lastTimeUs: number;
}

type Result = Committed | Error;

/** The journal over a file of ordered keys. `openJournal` makes it. */
export class LmdbJournal implements Journal {
  readonly #options: LmdbJournalOptions;
  readonly #states: Map<StreamId, StreamState>;
  readonly #cursors: SettledCursors;
  readonly #committer: GroupCommitter<PreparedCommit, Committed>;
  readonly #listeners = new Map<StreamId, Set<(head: number) => void>>();
  #lastTimeUs: number;
  /** Set once the disk has failed: from then on nothing is acknowledged, because a sync that is tried again lies. */
  #broken: WharfError | undefined;
  #closed = false;
  #commits = 0;
  #records = 0;
  #bytes = 0;

  constructor(options: LmdbJournalOptions) {
    this.#options = options;
    this.#states = options.states;
    this.#cursors = new SettledCursors(options.file);
    this.#lastTimeUs = options.lastTimeUs;
    this.#committer = new GroupCommitter({
      limits: options.limits,
      bytesOf: (commit) => commit.bytes,
      write: (commits) => this.#write(commits),
    });
  }

  async commit(commit: Commit): Promise<Committed> {
    if (this.#broken) throw this.#broken;
    return this.#committer.commit(prepareCommit(commit, this.#options.limits));
  }

  async #write(commits: readonly PreparedCommit[]): Promise<readonly Result[]> {
    const full = await this.#withoutRoom(commits);
    const admitted = commits.filter((commit) => !full.has(commit));
    const written = await this.#writeAdmitted(admitted);
    let next = 0;
    return commits.map((commit) => full.get(commit) ?? (written[next++] as Result));
  }

  /** The commits that append although the disk has no room, each with its error. Trims and cursors still go on. */
  async #withoutRoom(commits: readonly PreparedCommit[]): Promise<Map<PreparedCommit, WharfError>> {
    const { file, room, limits } = this.#options;
    const growing = commits.filter((commit) => commit.appends.length > 0);
    const bytes = growing.reduce((sum, commit) => sum + commit.bytes, 0);
    if (growing.length === 0 || (await hasRoomFor(room, bytes, limits.diskReserveBytes))) return new Map();
    const error = fullError(
      file.path,
      bytes,
      `less than the reserve of ${limits.diskReserveBytes} bytes would be left`,
    );
    this.#options.log.warn(error.message);
    return new Map(growing.map((commit) => [commit, error]));
  }

  async #writeAdmitted(commits: readonly PreparedCommit[]): Promise<readonly Result[]> {
    if (commits.length === 0) return [];
    if (this.#broken) return commits.map(() => this.#broken as WharfError);
    let plan: GroupPlan;
    try {
      plan = this.#plan(commits);
      this.#cursors.hold(commits.flatMap(({ cursors }) => cursors));
    } catch (error) {
      return this.#writeApart(commits, error);
    }
    const takeBack = this.#announceTrims(plan);
    try {
      crashPoint('journal.before-commit');
      await this.#options.file.write(plan.changes);
      crashPoint('journal.after-commit');
    } catch (error) {
      takeBack();
      this.#cursors.settle();
      this.#failed(error);
      return commits.map(() => asError(error));
    }
    this.#cursors.settle();
    this.#apply(plan);
    return plan.committed;
  }

  /** What one commit runs into, such as a damaged block that it trims, must not fail the others of its group. */
  async #writeApart(commits: readonly PreparedCommit[], error: unknown): Promise<readonly Result[]> {
    if (commits.length === 1) return [asError(error)];
    const results: Result[] = [];
    for (const commit of commits) results.push(...(await this.#writeAdmitted([commit])));
    return results;
  }

  #failed(error: unknown): void {
    const { log } = this.#options;
    if (codeOf(error) === 'JOURNAL_FULL') {
      log.warn(messageOf(error));
      return;
    }
    // Whatever else it was, nobody knows now what the disk holds: it could only be found out by a restart.
    this.#broken = error instanceof WharfError ? error : syncError(this.#options.file.path, error);
    log.error(this.#broken.message, { hint: this.#broken.hint });
  }

  #plan(commits: readonly PreparedCommit[]): GroupPlan {
    const { file, clock, limits } = this.#options;
    const timeUs = Math.max(this.#lastTimeUs, Math.floor(clock.nowMs() * 1_000));
    const stateOf = (stream: StreamId) => this.#state(stream);
    return planGroup(commits, { file, stateOf, timeUs, blockBytesMax: limits.blockBytesMax });
  }

  /**
   * Blocks vanish from the file somewhat before the write is known to be done. Who reads meanwhile is told that they were trimmed,
   * and does not take them for lost. Returns the way to take it back.
   */
  #announceTrims(plan: GroupPlan): () => void {
    const before = new Map<StreamId, StreamState>();
    for (const [stream, { tail }] of plan.states) {
      const state = this.#state(stream);
      if (tail <= state.tail) continue;
      before.set(stream, state);
      this.#states.set(stream, { ...state, tail: Math.min(tail, state.head + 1) });
    }
    return () => {
      for (const [stream, state] of before) this.#states.set(stream, state);
    };
  }

  /** Makes visible what is on disk now. */
  #apply(plan: GroupPlan): void {
    this.#lastTimeUs = plan.timeUs;
    this.#commits += 1;
    for (const [stream, state] of plan.states) {
      this.#records += state.head - this.head(stream);
      this.#states.set(stream, state);
    }
    this.#bytes += plan.changes.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
    for (const stream of plan.grown) this.#tell(stream);
  }

  #tell(stream: StreamId): void {
    for (const listener of [...(this.#listeners.get(stream) ?? [])]) {
      try {
        listener(this.head(stream));
      } catch (error) {
        this.#options.log.error(`A listener on "${stream}" failed: ${messageOf(error)}`);
      }
    }
  }

  #state(stream: StreamId): StreamState {
    return this.#states.get(stream) ?? EMPTY_STREAM;
  }

  head(stream: StreamId): number {
    return this.#state(stream).head;
  }

  headTimeUs(stream: StreamId): number {
    return this.#state(stream).headTimeUs;
  }

  tail(stream: StreamId): number {
    return this.#state(stream).tail;
  }

  heldBytes(stream: StreamId): number {
    return this.#state(stream).bytes;
  }

  read(stream: StreamId, from: number, to = Number.MAX_SAFE_INTEGER): IterableIterator<Block> {
    return readBlocks({ file: this.#open(), stream, from, to, state: () => this.#state(stream) });
  }

  cursor(task: string): unknown {
    this.#open();
    return this.#cursors.read(cursorKey(task));
  }

  cursors(prefix: string): IterableIterator<{ readonly task: string; readonly value: unknown }> {
    this.#open();
    return this.#cursors.readAll(prefix);
  }

  streams(): readonly StreamId[] {
    return [...this.#states].filter(([, state]) => state.head > 0).map(([stream]) => stream);
  }

  onAppend(stream: StreamId, listener: (head: number) => void): () => void {
    const listeners = this.#listeners.get(stream) ?? new Set();
    this.#listeners.set(stream, listeners);
    const own = (head: number) => listener(head);
    listeners.add(own);
    return () => {
      listeners.delete(own);
      if (listeners.size === 0 && this.#listeners.get(stream) === listeners) this.#listeners.delete(stream);
    };
  }

  stats(): JournalStats {
    const { waiting } = this.#committer;
    return { commits: this.#commits, records: this.#records, bytes: this.#bytes, waiting };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    await this.#committer.close();
    this.#closed = true;
    await this.#options.file.close();
  }

  #open(): KeyFile {
    if (this.#closed) throw closedError();
    return this.#options.file;
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(messageOf(thrown), { cause: thrown });
}
