import type { DuckDBConnection } from '@duckdb/node-api';
import { PROGRESS_EVERY_MS } from '../limits.ts';

export const PROGRESS_SETTINGS = [
  'enable_progress_bar',
  'enable_progress_bar_print',
  'progress_bar_time',
] as const;

/** Tells how many of its rows a running statement has gone through, as far as the engine knows; the result ends that. */
export async function watchProgress(
  connection: DuckDBConnection,
  tell: (done: number, total: number) => void,
): Promise<() => void> {
  await connection.run(
    'SET enable_progress_bar = true; SET enable_progress_bar_print = false; SET progress_bar_time = 0',
  );
  const timer = setInterval(() => {
    const { rows_processed: done, total_rows_to_process: total } = connection.progress;
    if (total > 0n) tell(Number(done), Number(total));
  }, PROGRESS_EVERY_MS);
  return () => clearInterval(timer);
}
