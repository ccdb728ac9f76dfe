import type { DuckDBConnection } from '@duckdb/node-api';
import type { StatementProgress } from '../engine.ts';
import { PROGRESS_EVERY_MS } from '../limits.ts';

export const PROGRESS_SETTINGS = [
  'enable_progress_bar',
  'enable_progress_bar_print',
  'progress_bar_time',
] as const;

/**
 * Tells how far the statements of a connection are, as far as the engine knows. Of a statement that goes from a step that it knows to one
 * that it does not know, it goes on to tell what it knew last.
 */
export class ProgressWatch {
  readonly #connection: DuckDBConnection;
  readonly #tell: (progress: StatementProgress) => void;
  readonly #timer: NodeJS.Timeout;
  #statement = 0;

  private constructor(connection: DuckDBConnection, tell: (progress: StatementProgress) => void) {
    this.#connection = connection;
    this.#tell = tell;
    this.#timer = setInterval(() => this.#look(), PROGRESS_EVERY_MS);
  }

  static async start(
    connection: DuckDBConnection,
    tell: (progress: StatementProgress) => void,
  ): Promise<ProgressWatch> {
    await connection.run(
      'SET enable_progress_bar = true; SET enable_progress_bar_print = false; SET progress_bar_time = 0',
    );
    return new ProgressWatch(connection, tell);
  }

  /** The next look is at this one. */
  begin(statement: number): void {
    this.#statement = statement;
    this.#tell({ statement });
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const statement = this.#statement;
    const { rows_processed: done, total_rows_to_process: total } = this.#connection.progress;
    if (total > 0n) this.#tell({ statement, rows: { done: Number(done), total: Number(total) } });
  }
}
