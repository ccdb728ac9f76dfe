import { derivedRowsSql } from '../../transform/derive-plan.ts';
import { scheduledClockSql } from '../../transform/scheduled-clock.ts';
import type { RejectRecord } from '../rejects/reject-record.ts';
import type { Derivation } from './derivation.ts';
import type { Moment } from './derive-cursor.ts';
import { openInputs } from './open-inputs.ts';

/** What a transform gives over its inputs at some positions: a relation that can be read until it is released. */
export interface OpenAnswer {
  /** Statements that must run before, on the same connection. */
  readonly setup: readonly string[];
  /** A SELECT over the dataset's columns. */
  readonly sql: string;
  /** Records on which the transform failed; a query fails as a whole. */
  readonly failures: readonly RejectRecord[];
  release(): Promise<void>;
}

/** Throws POSITION_GONE, RUN_DAMAGED, TRANSFORM_TYPESCRIPT, TRANSFORM_PROCESS. */
export async function openAnswer(
  { services, plan, typescript }: Derivation,
  { positions, dueMs }: Moment,
  signal: AbortSignal = new AbortController().signal,
): Promise<OpenAnswer> {
  if (typescript) {
    const { sql, failures, remove } = await typescript.rows(positions, signal);
    return { setup: [], sql, failures, release: remove };
  }
  const { setup, release } = await openInputs(services, plan, positions);
  const clock = dueMs === undefined ? [] : scheduledClockSql(dueMs);
  return {
    setup: [...clock, ...setup],
    sql: derivedRowsSql(plan),
    failures: [],
    release: async () => release(),
  };
}
