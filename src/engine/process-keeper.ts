import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import { entryFile } from '../base/entry.ts';
import { WharfError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { EngineProcess } from './engine-process.ts';
import { PROCESS_OLD_MS, PROCESS_TASKS_OLD, RESTART_BACKOFF_MAX_MS, RESTART_BACKOFF_MS } from './limits.ts';
import type { EngineReply, EngineSettings } from './messages.ts';

export interface ProcessKeeperOptions {
  /** Each process spills into a folder of its own in `spillFolder`. */
  readonly settings: EngineSettings;
  /** Tasks after which a process is followed by another at once. */
  readonly tasksMax: number;
  readonly clock: Clock;
  readonly log: Log;
  /** The process takes tasks now. */
  onReady(): void;
  onReply(reply: EngineReply): void;
  /** ENGINE_DIED, or ENGINE_START_FAILED when there is none that takes tasks. What that process was asked is answered by nobody. */
  onGone(error: WharfError, gone: EngineProcess | undefined): void;
}

/**
 * Keeps one engine process that takes tasks: starts it when asked, again after it died, later and later while it keeps dying. After
 * many tasks another one takes its place; it ends what it was given, so nobody notices.
 */
export class ProcessKeeper {
  readonly #options: ProcessKeeperOptions;
  readonly #closing = new AbortController();
  /** Takes tasks. */
  #process: EngineProcess | undefined;
  /** Not ready yet. */
  #coming: EngineProcess | undefined;
  /** Takes no more tasks. */
  #leaving: EngineProcess | undefined;
  #starting = false;
  /** Of processes that answered nothing. */
  #deaths = 0;
  #unopened: string | undefined;
  #newAtTasks = 0;
  #newAtMs = 0;

  constructor(options: ProcessKeeperOptions) {
    this.#options = options;
  }

  /** The process, once it takes tasks. */
  get process(): EngineProcess | undefined {
    return this.#process;
  }

  /** Has a process started unless there is one; `onReady` or `onGone` follows. */
  start(): void {
    if (this.#process || this.#coming || this.#starting || this.#closing.signal.aborted) return;
    this.#starting = true;
    const pauseMs =
      this.#deaths === 0 ? 0 : Math.min(RESTART_BACKOFF_MAX_MS, RESTART_BACKOFF_MS * 2 ** (this.#deaths - 1));
    this.#options.clock.sleep(pauseMs, this.#closing.signal).then(
      () => this.#fork(),
      // Closed before it started.
      () => undefined,
    );
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('closed'));
    await Promise.all([this.#process, this.#coming, this.#leaving].map((process) => process?.kill()));
  }

  #fork(): void {
    this.#starting = false;
    if (!existsSync(entryFile('engine-child.cjs'))) {
      const error = programMissing();
      this.#options.log.warn(error.message);
      if (!this.#process) this.#options.onGone(error, undefined);
      return;
    }
    const settings = { ...this.#options.settings, spillFolder: this.#freeFolder() };
    const started = new EngineProcess(settings, {
      onReply: (reply) => this.#receive(started, reply),
      onGone: (how) => this.#gone(started, how),
    });
    this.#coming = started;
  }

  /** One that no process spills into; what one that died left there is removed by the next. */
  #freeFolder(): string {
    const used = [this.#process, this.#leaving].map((process) => process?.spillFolder);
    const folders = ['0', '1', '2'].map((name) => path.join(this.#options.settings.spillFolder, name));
    const free = folders.find((folder) => !used.includes(folder));
    if (free === undefined) throw new Error('Invariant broken: more processes than folders');
    return free;
  }

  #receive(from: EngineProcess, reply: EngineReply): void {
    if (reply.kind === 'unopened') {
      this.#unopened = reply.message;
      return;
    }
    if (reply.kind === 'ready') {
      this.#takePlace(from);
      return;
    }
    this.#deaths = 0;
    this.#options.onReply(reply);
    this.#endIfLeft();
    if (from === this.#process) this.#renew(from);
  }

  #takePlace(ready: EngineProcess): void {
    // The one before may be dead by now, and one before that still be at work.
    this.#leaving = this.#process ?? this.#leaving;
    this.#process = ready;
    this.#coming = undefined;
    this.#isNewAt(0);
    this.#options.onReady();
    this.#endIfLeft();
  }

  /** At most one at a time leaves. */
  #renew(process: EngineProcess): void {
    if (!this.#isDue(process) || this.#coming || this.#leaving || this.#closing.signal.aborted) return;
    this.#isNewAt(process.tasks);
    this.#fork();
  }

  #isDue({ tasks }: EngineProcess): boolean {
    const since = tasks - this.#newAtTasks;
    const isOld = this.#options.clock.nowMs() - this.#newAtMs >= PROCESS_OLD_MS;
    return since >= this.#options.tasksMax || (isOld && since >= PROCESS_TASKS_OLD);
  }

  /** From here on its tasks and its age count: also where another one was to follow, and could not start. */
  #isNewAt(tasks: number): void {
    this.#newAtTasks = tasks;
    this.#newAtMs = this.#options.clock.nowMs();
  }

  #endIfLeft(): void {
    if (this.#leaving?.isIdle) void this.#leaving.kill();
  }

  #gone(gone: EngineProcess, how: string): void {
    const wasComing = gone === this.#coming;
    const hadEnded = gone === this.#leaving && gone.isIdle;
    const error = wasComing ? startFailed(this.#unopened ?? how) : died(how);
    if (wasComing) {
      this.#coming = undefined;
      this.#unopened = undefined;
    } else if (gone === this.#leaving) this.#leaving = undefined;
    else this.#process = undefined;
    if (!hadEnded) this.#deaths += 1;
    if (!hadEnded && !this.#closing.signal.aborted)
      this.#options.log.warn(error.message, { role: this.#options.settings.role });
    // Where the one before still works, nothing is lost, and another follows after as many tasks again.
    if (!(wasComing && this.#process)) this.#options.onGone(error, gone);
  }
}

function programMissing(): WharfError {
  const program = entryFile('engine-child.cjs');
  return new WharfError('ENGINE_START_FAILED', `The engine's program "${program}" is missing.`, {
    hint: 'Build it with: node scripts/build.mjs',
    retryable: false,
  });
}

function died(how: string): WharfError {
  return new WharfError('ENGINE_DIED', `The engine process ended (${how}) while statements ran.`, {
    hint: 'It is started again by itself; the call can be tried again.',
  });
}

function startFailed(reason: string): WharfError {
  return new WharfError('ENGINE_START_FAILED', `The engine process could not start: ${reason}`, {
    hint: 'wharf doctor checks what it needs: memory, and a writable data folder.',
  });
}
