/**
 * `reduce`: what the query gives for records of its input, in the order of their positions. A step journals just that, and the
 * reductions of the fields add it to what is there; the whole is all of it, reduced, and replaces rows that are other than before.
 */
import { present } from '../../base/assert.ts';
import { reduceRowsSql, shownColumnsSql } from '../../schema/reduce-sql.ts';
import type { Store } from '../../store/store.ts';
import { changesSql } from '../../transform/changes.ts';
import { type DerivePlan, derivedRowsSql } from '../../transform/derive-plan.ts';
import type { Positions } from './derive-cursor.ts';
import type { Step } from './open-tables.ts';
import type { OpenAnswer, OpenChange } from './opened.ts';

const GIVEN = '_given';

/** All records up to these positions. Throws POSITION_UNKNOWN, RUN_DAMAGED. */
export async function openReduced(
  store: Pick<Store, 'records'>,
  plan: DerivePlan,
  to: Positions,
): Promise<OpenAnswer> {
  const changes = await openChanges(store, plan, { from: {}, to });
  const given = `select row_number() over () as _position, false as _reset, false as _deleted, * from (${derivedRowsSql(plan)})`;
  return {
    setup: [...changes.setup, `create temp table ${GIVEN} as ${given}`],
    sql: `select ${shownColumnsSql(plan.dataset)} from (${reduceRowsSql(plan.dataset, `from ${GIVEN}`)})`,
    bytes: changes.bytes,
    failures: [],
    release: async () => changes.release(),
  };
}

/** The records in between. Throws POSITION_UNKNOWN, RUN_DAMAGED. */
export async function openReducedStep(
  store: Pick<Store, 'records'>,
  plan: DerivePlan,
  step: Step,
): Promise<OpenChange> {
  const { setup, bytes, release } = await openChanges(store, plan, step);
  return {
    bytes,
    against: (state) => ({ setup, rows: derivedRowsSql(plan), state: state.sql, written: 'added' }),
    failures: [],
    release: async () => release(),
  };
}

async function openChanges(
  store: Pick<Store, 'records'>,
  plan: DerivePlan,
  { from, to }: Step,
): Promise<{ readonly setup: readonly string[]; readonly bytes: number; release(): void }> {
  const { name, stream, dataset } = present(plan.tables[0], 'a query that reduces reads one input');
  const records = await store.records(stream, dataset.name, from[stream] ?? 0, to[stream] ?? 0);
  const setup = changesSql(name, dataset, records.sql);
  return { setup, bytes: records.bytes, release: () => records.release() };
}
