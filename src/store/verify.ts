/** Recomputes the state from what is kept of the log, by the plain reduction of all records, and compares it row by row. */
import { columnsOf, type Dataset, type Field } from '../schema/field.ts';
import { rowJsonSql } from '../schema/json-form.ts';
import { reduceRowsSql } from '../schema/reduce-sql.ts';
import { sqlName } from '../schema/sql-type.ts';
import { VERIFY_SAMPLES_MAX } from './limits.ts';
import { openHistory } from './read-plan.ts';
import { openRelation } from './snapshot.ts';
import type { SourcedPlan } from './snapshot-sql.ts';
import { shownSql } from './snapshot-sql.ts';
import { columnNames, historySql, recordsAsStateSql, stateRowsSql, storedColumns } from './source-sql.ts';
import type { VerifyReport } from './store.ts';
import type { StreamStore } from './stream-store.ts';

/** Every file is read and summed again. Throws RUN_DAMAGED. */
export async function verifyDataset(store: StreamStore, dataset: Dataset): Promise<VerifyReport> {
  const { journal, checker } = store.context;
  const position = journal.head(store.stream);
  checker.forgetAll(store.pathOf(''));
  const log = await openHistory(store, dataset.name, { after: 0, through: position, fromFloor: true });
  try {
    const shown = await openRelation(store, dataset, position);
    try {
      return await compare(store, dataset, position, {
        expected: expectedSql(dataset, log.plan),
        shown: shown.sql,
      });
    } finally {
      shown.release();
    }
  } finally {
    log.release();
  }
}

/** The state by the log alone; of a dataset without a key, its records. */
function expectedSql(dataset: Dataset, plan: SourcedPlan): string {
  const columns = storedColumns(dataset);
  const records = historySql(columns, plan.history);
  if (dataset.key === 'none') return `SELECT ${columnNames(dataset)} FROM (${records})`;
  const floor = plan.base ? `${stateRowsSql(columns, [plan.base])} UNION ALL ` : '';
  return shownSql(dataset, reduceRowsSql(dataset, floor + recordsAsStateSql(dataset, records)));
}

async function compare(
  store: StreamStore,
  dataset: Dataset,
  position: number,
  sides: { expected: string; shown: string },
): Promise<VerifyReport> {
  const { reader, limits } = store.context;
  const expected = comparableSql(dataset, sides.expected);
  const shown = comparableSql(dataset, sides.shown);
  const result = await reader.run(
    [
      `CREATE OR REPLACE TEMP TABLE _missing AS (${expected}) EXCEPT ALL (${shown})`,
      `CREATE OR REPLACE TEMP TABLE _unexpected AS (${shown}) EXCEPT ALL (${expected})`,
      `CREATE OR REPLACE TEMP TABLE _report AS ${reportSql(dataset, sides.shown)}`,
      'DROP TABLE _missing',
      'DROP TABLE _unexpected',
      'SELECT * FROM _report',
    ],
    { deadlineMs: limits.writeDeadlineMs },
  );
  const count = (side: string) => Number(result.rows.find((row) => row[0] === side)?.[1] ?? 0);
  const samples = (['missing', 'unexpected'] as const).flatMap((side) =>
    result.rows.filter((row) => row[0] === `${side} row`).map((row) => ({ side, row: String(row[2]) })),
  );
  return {
    stream: store.stream,
    dataset: dataset.name,
    position,
    rows: count('rows'),
    missing: count('missing'),
    unexpected: count('unexpected'),
    samples,
  };
}

function reportSql(dataset: Dataset, shown: string): string {
  const row = rowJsonSql(columnsOf(dataset));
  const side = (name: string) =>
    `SELECT '${name}' AS part, count(*) AS n, NULL AS row FROM _${name} UNION ALL ` +
    `(SELECT '${name} row', 1, ${row} FROM _${name} LIMIT ${VERIFY_SAMPLES_MAX})`;
  return `SELECT 'rows' AS part, count(*) AS n, NULL AS row FROM (${shown}) UNION ALL ${side('missing')} UNION ALL ${side('unexpected')}`;
}

/**
 * Sums of doubles depend on the order of the additions in their last digits, and runs may be merged in any order; they are
 * compared at 12 significant digits. Everything else is compared as it is.
 */
function comparableSql(dataset: Dataset, select: string): string {
  const columns = columnsOf(dataset).map((field) => comparableColumn(field));
  return `SELECT ${columns.join(', ')} FROM (${select})`;
}

function comparableColumn(field: Field): string {
  const name = sqlName(field.name);
  const isRounded = field.type === 'number' && field.reduce === 'sum';
  return isRounded ? `CAST(printf('%.11e', ${name}) AS DOUBLE) AS ${name}` : name;
}
