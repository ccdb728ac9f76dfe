/**
 * An engine over a child process.
 *
 * A call waits in the queue until one of POOL_MAX places is free, then its task runs in the process until it is answered. A
 * call that must stop (deadline, abort, close) leaves the queue at once; a running one is interrupted, and settles when
 * the process says that it has ended: only then may its caller touch the files that it was writing. A process that does
 * not end a task within INTERRUPT_GRACE_MS is killed.
 *
 * The process starts with the first call. When it dies, what ran is rejected (ENGINE_DIED, retryable) and what waited goes to
 * the next process. After many tasks a new process takes the place of the one before, which first ends what it was given. When
 * a process cannot start, what waited is rejected too, so that nobody waits for ever.
 */
import { rm } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import { WharfError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Engine, EngineColumn, EngineResult, RunOptions } from './engine.ts';
import { EngineCall } from './engine-call.ts';
import type { EngineProcess } from './engine-process.ts';
import { failureError } from './failure-error.ts';
import { INTERRUPT_GRACE_MS, POOL_MAX, QUEUE_MAX } from './limits.ts';
import type { EngineReply, EngineSettings, EngineTask, TaskAnswer } from './messages.ts';
import { ProcessKeeper } from './process-keeper.ts';

export interface ChildEngineOptions {
  readonly settings: EngineSettings;
  readonly tasksMax: number;
  readonly clock: Clock;
  readonly log: Log;
}

export class ChildEngine implements Engine {
  readonly #options: ChildEngineOptions;
  readonly #keeper: ProcessKeeper;
  readonly #running = new Map<number, EngineCall>();
  readonly #memoryAsked = new Map<number, { readonly process: EngineProcess; answer(bytes: number): void }>();
  #queue: EngineCall[] = [];
  #nextId = 1;
  #closed = false;
  /** A process was there, and so was its folder. */
  #opened = false;

  constructor(options: ChildEngineOptions) {
    this.#options = options;
    this.#keeper = new ProcessKeeper({
      ...options,
      onReady: () => this.#ready(),
      onReply: (reply) => this.#receive(reply),
      onGone: (error, gone) => this.#gone(error, gone),
    });
  }

  async run(sql: string | readonly string[], options: RunOptions = {}): Promise<EngineResult> {
    const statements = typeof sql === 'string' ? [sql] : sql;
    const { params = [], small = false, kept = false, onProgress } = options;
    const task = { kind: 'run', statements, params, small, kept, watched: onProgress !== undefined } as const;
    return (await this.#call(task, options)) as EngineResult;
  }

  async describe(query: string, setup: readonly string[] = []): Promise<readonly EngineColumn[]> {
    return (await this.#call({ kind: 'describe', query, setup }, {})) as readonly EngineColumn[];
  }

  async writeArrow(query: string, file: string, options: RunOptions = {}): Promise<void> {
    await this.#call({ kind: 'arrow', query, file, params: options.params ?? [] }, options);
  }

  async rssBytes(): Promise<number> {
    const { process } = this.#keeper;
    if (!process) return 0;
    const id = this.#nextId++;
    return new Promise((answer) => {
      this.#memoryAsked.set(id, { process, answer });
      process.send({ kind: 'rss', id });
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const calls = [...this.#running.values(), ...this.#queue];
    for (const call of calls) this.#stop(call, closedError());
    await Promise.allSettled(calls.map((call) => call.answered));
    await this.#keeper.close();
    if (this.#opened) await rm(this.#options.settings.spillFolder, { recursive: true, force: true });
  }

  #call(task: EngineTask, options: RunOptions): Promise<TaskAnswer> {
    if (this.#closed) return Promise.reject(closedError());
    if (options.signal?.aborted) return Promise.reject(options.signal.reason);
    if (this.#queue.length >= QUEUE_MAX) return Promise.reject(busyError());
    const call = new EngineCall(this.#nextId++, task, options.onProgress);
    call.watch(options, this.#options.clock, (reason) => this.#stop(call, reason));
    this.#queue.push(call);
    this.#dispatch();
    return call.answered;
  }

  #ready(): void {
    this.#opened = true;
    this.#dispatch();
  }

  #dispatch(): void {
    const { process } = this.#keeper;
    if (!process) {
      if (this.#queue.length > 0) this.#keeper.start();
      return;
    }
    while (this.#running.size < POOL_MAX) {
      const call = this.#queue.shift();
      if (!call) return;
      call.process = process;
      this.#running.set(call.id, call);
      process.send({ kind: 'task', id: call.id, task: call.task });
    }
  }

  #stop(call: EngineCall, reason: unknown): void {
    call.stopReason = reason;
    if (!this.#running.has(call.id)) {
      this.#queue = this.#queue.filter((queued) => queued !== call);
      call.reject(reason);
      return;
    }
    call.process?.send({ kind: 'interrupt', id: call.id });
    void this.#killUnlessEnded(call);
  }

  async #killUnlessEnded(call: EngineCall): Promise<void> {
    await this.#options.clock.sleep(INTERRUPT_GRACE_MS, call.settled).catch(() => undefined);
    if (!call.settled.aborted) await call.process?.kill();
  }

  #receive(reply: EngineReply): void {
    if (reply.kind === 'rss') {
      this.#memoryAsked.get(reply.id)?.answer(reply.bytes);
      this.#memoryAsked.delete(reply.id);
      return;
    }
    if (reply.kind === 'progress') this.#running.get(reply.id)?.onProgress?.(reply.progress);
    if (reply.kind !== 'answer' && reply.kind !== 'failure') return;
    const call = this.#running.get(reply.id);
    this.#running.delete(reply.id);
    if (reply.kind === 'answer') call?.resolve(reply.answer);
    else call?.reject(failureError(reply.failure, call.sql));
    this.#dispatch();
  }

  #gone(error: WharfError, gone: EngineProcess | undefined): void {
    const lost = [...this.#running.values()].filter(({ process }) => process === gone);
    for (const { id } of lost) this.#running.delete(id);
    if (error.code === 'ENGINE_START_FAILED') lost.push(...this.#queue.splice(0));
    for (const call of lost) call.reject(error);
    for (const [id, { process, answer }] of this.#memoryAsked)
      if (process === gone && this.#memoryAsked.delete(id)) answer(0);
    this.#dispatch();
  }
}

function closedError(): WharfError {
  return new WharfError('ENGINE_CLOSED', 'The engine is closed.');
}

function busyError(): WharfError {
  return new WharfError('ENGINE_BUSY', `More than ${QUEUE_MAX} statements wait for the engine.`, {
    hint: 'Try again later, and with fewer statements at once.',
  });
}
