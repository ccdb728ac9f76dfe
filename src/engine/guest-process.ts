/** One life of a guest: a process with limits from outside, which does one thing at a time. */
import type { ChildProcess } from 'node:child_process';
import os from 'node:os';
import type { Clock } from '../base/clock.ts';
import { WharfError } from '../base/errors.ts';
import { guestError } from './guest-error.ts';
import {
  DATABASE_UNKNOWN,
  type GuestAnswer,
  type GuestReply,
  type GuestRequest,
  type GuestSettings,
  type GuestTask,
  type KnownQuery,
} from './guest-messages.ts';
import { LOW_PRIORITY, processorMs, setPriority } from './guest-priority.ts';
import { GUEST_GRACE_MS, GUEST_THREADS, GUEST_WATCH_MS } from './limits.ts';
import { startGuest } from './start-guest.ts';

/** More are forgotten, and sent again. */
const SENT_MAX = 64;

/** The guest does not have the database open any more. */
const unknownDatabase = Symbol('unknown database');

interface Pending {
  readonly id: number;
  readonly resolve: (answer: GuestAnswer) => void;
  readonly reject: (error: unknown) => void;
  stopReason: unknown;
}

export interface GuestCallOptions {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Hears of processor time that was used, in milliseconds; true where others are to go first. */
  readonly worked: (ms: number) => boolean;
}

export class GuestProcess {
  readonly ready: Promise<void>;
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  readonly #gone: Promise<void>;
  /** Keys of databases that were sent. */
  readonly #sent = new Set<string>();
  #pending: Pending | undefined;
  #nextId = 1;
  #tasks = 0;
  #dead = false;
  /** Whether others go before it. */
  #givesWay = false;
  /** Its processor time when it was last looked at. */
  #countedMs: number | undefined;
  #onReady: () => void = () => undefined;

  constructor(settings: GuestSettings, clock: Clock) {
    this.#clock = clock;
    this.#child = startGuest();
    this.#gone = new Promise((resolve) => {
      this.#child.once('exit', () => this.#die(resolve));
      this.#child.once('error', () => this.#die(resolve));
    });
    this.ready = Promise.race([
      new Promise<void>((resolve) => {
        this.#onReady = resolve;
      }),
      this.#gone.then(() => Promise.reject(startFailed())),
    ]);
    this.#child.on('message', (reply: GuestReply) => this.#receive(reply));
    this.#send({ kind: 'open', settings });
  }

  get alive(): boolean {
    return !this.#dead;
  }

  /** That it was given. */
  get tasks(): number {
    return this.#tasks;
  }

  get givesWay(): boolean {
    return this.#givesWay;
  }

  /** A database is sent in whole the first time, and again when the guest has let go of it. Throws as `#call`. */
  async call(task: GuestTask, options: GuestCallOptions): Promise<GuestAnswer> {
    if (!('query' in task) || task.query.database.setup === undefined) return this.#call(task, options);
    const { key } = task.query.database;
    if (this.#sent.has(key)) {
      const query: KnownQuery = { ...task.query, database: { key } };
      try {
        return await this.#call({ ...task, query }, options);
      } catch (error) {
        if (error !== unknownDatabase) throw error;
      }
    }
    const answer = await this.#call(task, options);
    if (this.#sent.size >= SENT_MAX) this.#sent.clear();
    this.#sent.add(key);
    return answer;
  }

  /** Throws SQL_FAILED, SQL_DEADLINE, SQL_CANCELLED (or the signal's reason), SQL_MEMORY; then a guest may have ended. */
  async #call(task: GuestTask, { deadlineMs, signal, worked }: GuestCallOptions): Promise<GuestAnswer> {
    if (this.#dead) throw memoryError();
    signal.throwIfAborted();
    this.#tasks += 1;
    const settled = new AbortController();
    const answered = new Promise<GuestAnswer>((resolve, reject) => {
      this.#pending = { id: this.#nextId++, resolve, reject, stopReason: undefined };
      this.#send({ kind: 'task', id: this.#pending.id, task });
    });
    const stop = (reason: unknown) => void this.#stop(reason, settled.signal);
    signal.addEventListener('abort', () => stop(signal.reason), { once: true, signal: settled.signal });
    this.#clock.sleep(deadlineMs, settled.signal).then(
      () => stop(deadlineError(deadlineMs)),
      // Answered in time.
      () => undefined,
    );
    // Answered before there was anything to look at.
    this.#watch(worked, settled.signal).catch(() => undefined);
    try {
      return await answered;
    } finally {
      settled.abort(new Error('answered'));
    }
  }

  /** Others go before it, or no longer; false where the machine does not allow that. */
  giveWay(isWanted: boolean): boolean {
    const { pid } = this.#child;
    if (pid !== undefined && isWanted !== this.#givesWay) {
      const isSet = setPriority(pid, isWanted ? LOW_PRIORITY : os.getPriority());
      if (isSet) this.#givesWay = isWanted;
    }
    return this.#givesWay === isWanted;
  }

  #processorMs(): number | undefined {
    const { pid } = this.#child;
    return pid === undefined ? undefined : processorMs(pid);
  }

  /** Whose statements have taken much lets those of others, and the platform itself, go first, as long as that is so. */
  async #watch(worked: GuestCallOptions['worked'], settled: AbortSignal): Promise<void> {
    for (;;) {
      await this.#clock.sleep(GUEST_WATCH_MS, settled);
      const now = this.#processorMs();
      if (now === undefined) return;
      // Shorter statements before this one count too, but not those of a whole day.
      const most = GUEST_WATCH_MS * GUEST_THREADS;
      const isMuch = worked(Math.min(now - (this.#countedMs ?? now), most));
      this.#countedMs = now;
      this.giveWay(isMuch);
    }
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#gone;
  }

  async #stop(reason: unknown, settled: AbortSignal): Promise<void> {
    if (settled.aborted || !this.#pending) return;
    this.#pending.stopReason ??= reason;
    this.#send({ kind: 'interrupt' });
    await this.#clock.sleep(GUEST_GRACE_MS, settled).catch(() => undefined);
    if (!settled.aborted) this.#child.kill('SIGKILL');
  }

  #send(request: GuestRequest): void {
    if (this.#child.connected) this.#child.send(request, () => undefined);
  }

  #receive(reply: GuestReply): void {
    if (reply.kind === 'ready') {
      // What its start took is nobody's.
      this.#countedMs = this.#processorMs();
      this.#onReady();
      return;
    }
    const pending = this.#pending;
    if (!pending || pending.id !== reply.id) return;
    this.#pending = undefined;
    if (reply.kind === 'answer') pending.resolve(reply.answer);
    else if (reply.failure.type === DATABASE_UNKNOWN) pending.reject(unknownDatabase);
    else pending.reject(pending.stopReason ?? guestError(reply.failure));
  }

  #die(resolve: () => void): void {
    this.#dead = true;
    resolve();
    this.#pending?.reject(this.#pending.stopReason ?? memoryError());
    this.#pending = undefined;
  }
}

function deadlineError(deadlineMs: number): WharfError {
  return new WharfError(
    'SQL_DEADLINE',
    `The statement took longer than ${deadlineMs / 1_000} s and was stopped.`,
    {
      hint: 'Let it read less: fewer columns, a filter on the key, or a limit.',
      details: { sqlState: '57014' },
    },
  );
}

function memoryError(): WharfError {
  return new WharfError(
    'SQL_MEMORY',
    'The statement went beyond the memory that it may have, and was ended.',
    {
      hint: 'Let it hold less at once: fewer columns, fewer groups, shorter texts.',
      details: { sqlState: '53200' },
    },
  );
}

function startFailed(): WharfError {
  return new WharfError('ENGINE_START_FAILED', 'The process for a statement could not be started.', {
    hint: 'wharf doctor checks what it needs: memory, and a writable data folder.',
  });
}
