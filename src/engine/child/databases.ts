/**
 * The databases of an engine's process: one of all threads, and beside it one of a single thread for small statements. To wake a second
 * thread, and to have it open the same files, costs as much as a small statement itself.
 */
import path from 'node:path';
import type { DuckDBInstance } from '@duckdb/node-api';
import { SMALL_MEMORY_MB, SMALL_TASKS_BEFORE } from '../limits.ts';
import type { EngineSettings, EngineTask } from '../messages.ts';
import { openDatabase } from './open-database.ts';
import type { RunningTask, TaskOutcome } from './run-task.ts';

export class Databases {
  readonly #settings: EngineSettings;
  readonly #whole: Promise<DuckDBInstance>;
  #small: Promise<DuckDBInstance> | undefined;
  #smallTasks = 0;

  constructor(settings: EngineSettings) {
    this.#settings = settings;
    this.#whole = openDatabase(settings);
  }

  /** Rejects when nothing can be run. */
  async opened(): Promise<void> {
    await this.#whole;
  }

  /** `started` is the task's, so that it can be interrupted. */
  async run(
    started: RunningTask,
    task: EngineTask,
    onProgress: (done: number, total: number) => void,
  ): Promise<TaskOutcome> {
    const whole = await this.#whole;
    const small = this.#isForSmall(task) ? await this.#openSmall(whole) : whole;
    const outcome = await started.run(small, task, onProgress);
    // What was thought to be small and is not.
    const isTooLarge = 'failure' in outcome && outcome.failure.type === 'Out of Memory';
    return isTooLarge && small !== whole ? started.run(whole, task, onProgress) : outcome;
  }

  /** Many processes never have so many tasks that it pays to open another database. */
  #isForSmall(task: EngineTask): boolean {
    if (task.kind !== 'run' || !task.small || this.#settings.threads === 1) return false;
    this.#smallTasks += 1;
    return this.#smallTasks > SMALL_TASKS_BEFORE;
  }

  #openSmall(whole: DuckDBInstance): Promise<DuckDBInstance> {
    const spillFolder = path.join(this.#settings.spillFolder, 'small');
    const settings = { ...this.#settings, spillFolder, threads: 1, memoryMb: SMALL_MEMORY_MB };
    // Without it everything works, on more threads.
    this.#small ??= openDatabase(settings).catch(() => whole);
    return this.#small;
  }
}
