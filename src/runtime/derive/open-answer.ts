import { derivedRowsSql } from '../../transform/derive-plan.ts';
import { scheduledClockSql } from '../../transform/scheduled-clock.ts';
import type { Derivation } from './derivation.ts';
import type { Moment } from './derive-cursor.ts';
import { tellRecords } from './derive-progress.ts';
import { openInputs } from './open-inputs.ts';
import { openReduced } from './open-reduced.ts';
import type { OpenAnswer } from './opened.ts';

/** Throws POSITION_GONE, RUN_DAMAGED, TRANSFORM_TYPESCRIPT, TRANSFORM_PROCESS. */
export async function openAnswer(
  { services, plan, typescript, onProgress }: Derivation,
  { positions, dueMs }: Moment,
  signal: AbortSignal = new AbortController().signal,
): Promise<OpenAnswer> {
  if (typescript) {
    const { sql, bytes, failures, remove } = await typescript.rows(
      positions,
      signal,
      tellRecords(onProgress, 'computing'),
    );
    return { setup: [], sql, bytes, failures, release: remove };
  }
  if (plan.mode === 'reduce') return openReduced(services.store, plan, positions);
  const { setup, bytes, release } = await openInputs(services, plan, positions);
  const clock = dueMs === undefined ? [] : scheduledClockSql(dueMs);
  return {
    setup: [...clock, ...setup],
    sql: derivedRowsSql(plan),
    bytes,
    failures: [],
    release: async () => release(),
  };
}
