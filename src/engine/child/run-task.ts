import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { EngineColumn, EngineResult, EngineValue } from '../engine.ts';
import { INTERRUPT_REPEAT_MS } from '../limits.ts';
import type { EngineFailure, EngineTask, TaskAnswer } from '../messages.ts';
import { bindParameters, readResult } from './exact-values.ts';
import { readFailure } from './read-failure.ts';
import { watchProgress } from './watch-progress.ts';
import { WholeStream } from './whole-stream.ts';

export type TaskOutcome = { readonly answer: TaskAnswer } | { readonly failure: EngineFailure };

/**
 * One task on a connection of its own, so that nothing that a statement leaves behind (an open transaction, a temporary
 * table) is seen by another.
 */
export class RunningTask {
  #connection: DuckDBConnection | undefined;
  #interrupted = false;
  #repeat: NodeJS.Timeout | undefined;
  /** The statement that an error is about. */
  #statement = '';

  /** `onProgress` hears how far a watched task is. */
  async run(
    database: DuckDBInstance,
    task: EngineTask,
    onProgress: (done: number, total: number) => void = () => undefined,
  ): Promise<TaskOutcome> {
    let unwatch: () => void = () => undefined;
    try {
      this.#connection = await database.connect();
      if (task.kind === 'run' && task.watched) unwatch = await watchProgress(this.#connection, onProgress);
      return { answer: await this.#answer(this.#connection, task) };
    } catch (thrown) {
      return { failure: readFailure(thrown, this.#statement) };
    } finally {
      unwatch();
      clearInterval(this.#repeat);
      this.#connection?.closeSync();
      this.#connection = undefined;
    }
  }

  /** Ends the task soon, with a failure of type INTERRUPT. */
  interrupt(): void {
    this.#interrupted = true;
    this.#connection?.interrupt();
    this.#repeat ??= setInterval(() => this.#connection?.interrupt(), INTERRUPT_REPEAT_MS);
  }

  async #answer(connection: DuckDBConnection, task: EngineTask): Promise<TaskAnswer> {
    switch (task.kind) {
      case 'run':
        return this.#run(connection, task.statements, task.params);
      case 'describe':
        return this.#describe(connection, task.query, task.setup);
      case 'arrow':
        return this.#writeArrow(connection, task.query, task.file, task.params);
    }
  }

  async #run(
    connection: DuckDBConnection,
    statements: readonly string[],
    params: readonly EngineValue[],
  ): Promise<EngineResult> {
    const last = statements.at(-1);
    if (last === undefined) return { columns: [], rows: [] };
    await this.#setUp(connection, statements.slice(0, -1));
    this.#step(last);
    const prepared = await connection.prepare(last);
    bindParameters(prepared, params);
    this.#step(last);
    const result = await readResult(await prepared.run());
    prepared.destroySync();
    return result;
  }

  /** Nobody reads what these give, so they are one call of the engine, which costs a third less than one each. */
  async #setUp(connection: DuckDBConnection, statements: readonly string[]): Promise<void> {
    if (statements.length === 0) return;
    const all = statements.join('\n;\n');
    this.#step(all);
    await connection.run(all);
  }

  async #describe(
    connection: DuckDBConnection,
    query: string,
    setup: readonly string[],
  ): Promise<readonly EngineColumn[]> {
    await this.#setUp(connection, setup);
    this.#step(query);
    const prepared = await connection.prepare(query);
    const columns = Array.from({ length: prepared.columnCount }, (_, i) => ({
      name: prepared.columnName(i),
      type: prepared.columnType(i).toString(),
    }));
    prepared.destroySync();
    return columns;
  }

  async #writeArrow(
    connection: DuckDBConnection,
    query: string,
    file: string,
    params: readonly EngineValue[],
  ): Promise<undefined> {
    this.#step(query);
    const stream = await WholeStream.prepare(connection, query, params);
    // Loading the Arrow library takes longer than opening the database, and most engines never need it.
    const { writeArrowFile } = await import('./arrow-file.ts');
    await writeArrowFile(stream, file, () => this.#step(query));
    return undefined;
  }

  /** Between two calls of the engine nothing notices an interrupt, so each step asks first. */
  #step(statement: string): void {
    this.#statement = statement;
    if (this.#interrupted)
      throw new Error('{"exception_type":"INTERRUPT","exception_message":"Interrupted!"}');
  }
}
