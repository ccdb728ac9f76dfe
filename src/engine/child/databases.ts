/**
 * The databases of an engine's process: one of all threads, and beside it one of a single thread for small statements. To wake a second
 * thread, and to have it open the same files, costs as much as a small statement itself.
 *
 * Each thread needs memory of its own for each step of a statement, by its columns: a thousand of them take more than there is where a single
 * thread has enough, and sorting them holds many blocks at once. So what ran out of memory is run once more by one thread, in a database for it
 * alone that may take more; one such statement at a time.
 */
import path from 'node:path';
import type { StatementProgress } from '../engine.ts';
import { ALONE_MEMORY_TIMES, SMALL_MEMORY_MB, SMALL_TASKS_BEFORE } from '../limits.ts';
import type { EngineSettings, EngineTask } from '../messages.ts';
import { KeptStatements } from './kept-statements.ts';
import { OneByOne } from './one-by-one.ts';
import { openDatabase } from './open-database.ts';
import type { Database, RunningTask, TaskOutcome } from './run-task.ts';

export class Databases {
  readonly #settings: EngineSettings;
  readonly #whole: Promise<Database>;
  #small: Promise<Database> | undefined;
  #smallTasks = 0;
  readonly #alone = new OneByOne();

  constructor(settings: EngineSettings) {
    this.#settings = settings;
    this.#whole = open(settings);
  }

  /** Rejects when nothing can be run. */
  async opened(): Promise<void> {
    await this.#whole;
  }

  /** `started` is the task's, so that it can be interrupted. */
  async run(
    started: RunningTask,
    task: EngineTask,
    onProgress: (progress: StatementProgress) => void,
  ): Promise<TaskOutcome> {
    const whole = await this.#whole;
    const small = this.#isForSmall(task) ? await this.#openSmall(whole) : whole;
    const outcome = await started.run(small, task, onProgress);
    if (!isOutOfMemory(outcome)) return outcome;
    // What was thought to be small and is not.
    const again = small === whole ? outcome : await started.run(whole, task, onProgress);
    if (!isOutOfMemory(again)) return again;
    return (
      (await this.#alone.run(() => this.#runAlone(started, task, onProgress), started.interruption)) ?? again
    );
  }

  /** undefined when there could be no database for it. */
  async #runAlone(
    started: RunningTask,
    task: EngineTask,
    onProgress: (progress: StatementProgress) => void,
  ): Promise<TaskOutcome | undefined> {
    const spillFolder = path.join(this.#settings.spillFolder, 'alone');
    const memoryMb = this.#settings.memoryMb * ALONE_MEMORY_TIMES;
    const settings = { ...this.#settings, spillFolder, threads: 1, memoryMb };
    const database = await open(settings).catch(() => undefined);
    if (!database) return undefined;
    const outcome = await started.run(database, task, onProgress);
    database.kept.close();
    database.instance.closeSync();
    return outcome;
  }

  /** Many processes never have so many tasks that it pays to open another database. */
  #isForSmall(task: EngineTask): boolean {
    if (task.kind !== 'run' || !task.small || this.#settings.threads === 1) return false;
    this.#smallTasks += 1;
    return this.#smallTasks > SMALL_TASKS_BEFORE;
  }

  #openSmall(whole: Database): Promise<Database> {
    const spillFolder = path.join(this.#settings.spillFolder, 'small');
    const settings = { ...this.#settings, spillFolder, threads: 1, memoryMb: SMALL_MEMORY_MB };
    // Without it everything works, on more threads.
    this.#small ??= open(settings).catch(() => whole);
    return this.#small;
  }
}

async function open(settings: EngineSettings): Promise<Database> {
  const instance = await openDatabase(settings);
  return { instance, kept: new KeptStatements(instance) };
}

/** Spilled data that has no room on the disk is called the same, and would have none again. */
function isOutOfMemory(outcome: TaskOutcome): boolean {
  if (!('failure' in outcome) || outcome.failure.type !== 'Out of Memory') return false;
  return !outcome.failure.message.includes('max_temp_directory_size');
}
