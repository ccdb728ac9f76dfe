import type { Clock } from '../base/clock.ts';
import { WharfError } from '../base/errors.ts';
import type { RunOptions } from './engine.ts';
import type { EngineProcess } from './engine-process.ts';
import type { EngineTask, TaskAnswer } from './messages.ts';

/** One call, from when it was made until it is answered. */
export class EngineCall {
  readonly id: number;
  readonly task: EngineTask;
  readonly answered: Promise<TaskAnswer>;
  readonly onProgress: RunOptions['onProgress'];
  /** Where it runs; undefined while it waits. */
  process: EngineProcess | undefined;
  /** Why it must not go on; undefined while it may. What it is rejected with once the engine has let go of it. */
  stopReason: unknown;
  #resolve: (answer: TaskAnswer) => void = () => undefined;
  #reject: (reason: unknown) => void = () => undefined;
  readonly #done = new AbortController();

  constructor(id: number, task: EngineTask, onProgress: RunOptions['onProgress']) {
    this.id = id;
    this.task = task;
    this.onProgress = onProgress;
    this.answered = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Calls `onStop` at most once: when the deadline passes, or the signal is aborted, before the call is settled. */
  watch(options: RunOptions, clock: Clock, onStop: (reason: unknown) => void): void {
    const { signal, deadlineMs } = options;
    const { settled } = this;
    const stop = (reason: unknown) => {
      if (!settled.aborted && this.stopReason === undefined) onStop(reason);
    };
    signal?.addEventListener('abort', () => stop(signal.reason), { once: true, signal: settled });
    if (deadlineMs === undefined) return;
    clock.sleep(deadlineMs, settled).then(
      () => stop(deadlineError(deadlineMs)),
      // Settled in time.
      () => undefined,
    );
  }

  /** Aborted when the call is settled. */
  get settled(): AbortSignal {
    return this.#done.signal;
  }

  /** The last statement, for messages. */
  get sql(): string {
    return this.task.kind === 'run' ? (this.task.statements.at(-1) ?? '') : this.task.query;
  }

  resolve(answer: TaskAnswer): void {
    this.#done.abort(this);
    this.#resolve(answer);
  }

  /** A call that was stopped is rejected with the reason for that, whatever came of it. */
  reject(reason: unknown): void {
    this.#done.abort(this);
    this.#reject(this.stopReason ?? reason);
  }
}

function deadlineError(deadlineMs: number): WharfError {
  return new WharfError(
    'ENGINE_DEADLINE',
    `The statement took longer than its ${deadlineMs} ms and was stopped.`,
  );
}
