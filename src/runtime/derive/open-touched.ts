import { columnsOf, keyFieldsOf } from '../../schema/field.ts';
import { sameKeySql } from '../../schema/reduce-sql.ts';
import { sqlName } from '../../schema/sql-type.ts';
import type { Relation, Store } from '../../store/store.ts';
import type { DeriveTable } from '../../transform/derive-plan.ts';

/** The rows of an input whose keys were touched between two positions: SELECTs of its columns. */
export interface TouchedRows {
  /** Statements to be run before, on the same connection, on which the input is a view of its name as it is now. */
  readonly setup: readonly string[];
  readonly before: string;
  readonly now: string;
  release(): void;
}

const KEYS = '_touched_keys';

/** Throws POSITION_GONE, RUN_DAMAGED; then nothing is left open. */
export async function openTouched(
  store: Pick<Store, 'snapshot' | 'records'>,
  { name, stream, dataset }: DeriveTable,
  from: number,
  to: number,
): Promise<TouchedRows> {
  const columns = columnsOf(dataset).map((field) => sqlName(field.name));
  const list = columns.join(', ');
  const keys = keyFieldsOf(dataset).map((field) => sqlName(field.name));
  const records = await store.records(stream, dataset.name, from, to);
  // Rows without a key are only ever added.
  if (keys.length === 0) {
    const before = `select ${list} from ${sqlName(name)} where false`;
    return {
      setup: [],
      before,
      now: `select ${list} from (${records.sql})`,
      release: () => records.release(),
    };
  }
  let was: Relation;
  try {
    was = await store.snapshot(stream, dataset.name, from);
  } catch (error) {
    records.release();
    throw error;
  }
  const ofKeys = (rows: string) =>
    `select ${columns.map((column) => `s.${column}`).join(', ')} from (${rows}) s semi join ${KEYS} k on ${sameKeySql(dataset, 's', 'k')}`;
  const release = () => {
    records.release();
    was.release();
  };
  return {
    setup: [`create temp table ${KEYS} as select distinct ${keys.join(', ')} from (${records.sql})`],
    before: ofKeys(was.sql),
    now: ofKeys(`select * from ${sqlName(name)}`),
    release,
  };
}
