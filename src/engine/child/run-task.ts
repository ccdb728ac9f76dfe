import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { EngineColumn, EngineResult, EngineValue, StatementProgress } from '../engine.ts';
import { INTERRUPT_REPEAT_MS } from '../limits.ts';
import type { EngineFailure, EngineTask, TaskAnswer } from '../messages.ts';
import { bindParameters, readResult } from './exact-values.ts';
import { close, type KeptStatements } from './kept-statements.ts';
import { readFailure } from './read-failure.ts';
import { ProgressWatch } from './watch-progress.ts';
import { WholeStream } from './whole-stream.ts';

export type TaskOutcome = { readonly answer: TaskAnswer } | { readonly failure: EngineFailure };

export interface Database {
  readonly instance: DuckDBInstance;
  readonly kept: KeptStatements;
}

/**
 * One task on a connection of its own, so that nothing that a statement leaves behind (an open transaction, a temporary
 * table) is seen by another.
 */
export class RunningTask {
  #connection: DuckDBConnection | undefined;
  readonly #interruption = new AbortController();
  #repeat: NodeJS.Timeout | undefined;
  /** Of a task that somebody watches. */
  #watch: ProgressWatch | undefined;
  /** The statement that an error is about. */
  #statement = '';

  /** `onProgress` hears how far a watched task is. */
  async run(
    database: Database,
    task: EngineTask,
    onProgress: (progress: StatementProgress) => void = () => undefined,
  ): Promise<TaskOutcome> {
    try {
      if (task.kind === 'run' && task.kept) return { answer: await this.#runKept(database, task) };
      this.#connection = await database.instance.connect();
      if (task.kind === 'run' && task.watched)
        this.#watch = await ProgressWatch.start(this.#connection, onProgress);
      return { answer: await this.#answer(this.#connection, task) };
    } catch (thrown) {
      return { failure: readFailure(thrown, this.#statement) };
    } finally {
      this.#watch?.stop();
      clearInterval(this.#repeat);
      this.#connection?.closeSync();
      this.#connection = undefined;
    }
  }

  /** Aborted by `interrupt()`: what waits for something else than the engine goes by it. */
  get interruption(): AbortSignal {
    return this.#interruption.signal;
  }

  /** Ends the task soon, with a failure of type INTERRUPT. */
  interrupt(): void {
    this.#interruption.abort();
    // What has none yet asks before its next step.
    if (!this.#connection) return;
    this.#connection.interrupt();
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
    this.#watch?.begin(statements.length - 1);
    this.#step(last);
    const prepared = await connection.prepare(last);
    bindParameters(prepared, params);
    this.#step(last);
    const result = await readResult(await prepared.run());
    prepared.destroySync();
    return result;
  }

  /** It leaves nothing behind but itself, so its connection is used again. */
  async #runKept(
    { kept }: Database,
    { statements, params }: Extract<EngineTask, { kind: 'run' }>,
  ): Promise<EngineResult> {
    const [sql] = statements;
    if (sql === undefined || statements.length > 1)
      throw new Error('Invariant broken: a statement that is kept stands alone');
    this.#step(sql);
    const statement = await kept.take(sql);
    this.#connection = statement.connection;
    try {
      this.#step(sql);
      bindParameters(statement.prepared, params);
      const result = await readResult(await statement.prepared.run());
      kept.giveBack(sql, statement);
      return result;
    } catch (thrown) {
      close(statement);
      throw thrown;
    } finally {
      this.#connection = undefined;
    }
  }

  /** Nobody reads what these give, so they are one call of the engine, which costs a third less than one each; watched, they go one by one. */
  async #setUp(connection: DuckDBConnection, statements: readonly string[]): Promise<void> {
    const parts = this.#watch || statements.length === 0 ? statements : [statements.join('\n;\n')];
    for (const [i, part] of parts.entries()) {
      this.#watch?.begin(i);
      this.#step(part);
      await connection.run(part);
    }
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
    if (this.#interruption.signal.aborted)
      throw new Error('{"exception_type":"INTERRUPT","exception_message":"Interrupted!"}');
  }
}
