/** Whether a derived product's state is what its query gives over the inputs at the positions that were recorded with it. */
import { WharfError } from '../../base/errors.ts';
import { columnsOf, type Dataset, type Field } from '../../schema/field.ts';
import { rowJsonSql } from '../../schema/json-form.ts';
import { sqlName } from '../../schema/sql-type.ts';
import type { Derivation } from './derivation.ts';
import type { DeriveCursor, Positions } from './derive-cursor.ts';
import './errors.ts';
import { openAnswer } from './open-answer.ts';

const SAMPLES_MAX = 20;
const VERIFY_DEADLINE_MS = 30 * 60_000;

export interface DerivedReport {
  readonly dataset: string;
  readonly position: number;
  /** What the query was run over. */
  readonly inputs: Positions;
  readonly rows: number;
  /** Rows that the query gives and the state does not have, and the other way round; some are shown. */
  readonly missing: number;
  readonly unexpected: number;
  readonly samples: readonly { readonly side: 'missing' | 'unexpected'; readonly row: string }[];
}

/** Throws DERIVED_NOT_YET before the first cycle, POSITION_GONE when an input forgot the position. */
export async function verifyDerived(
  derivation: Derivation,
  cursor: DeriveCursor | undefined,
): Promise<DerivedReport> {
  const { product } = derivation;
  if (!cursor) {
    throw new WharfError('DERIVED_NOT_YET', `${product.id} has not been computed yet.`, {
      hint: 'Try again in a moment; wharf status shows what it waits for.',
      place: { product: product.id },
    });
  }
  // The one of the task may be at work.
  const typescript = derivation.typescript?.another();
  try {
    return await compare({ ...derivation, typescript }, cursor);
  } finally {
    await typescript?.close();
  }
}

async function compare(derivation: Derivation, cursor: DeriveCursor): Promise<DerivedReport> {
  const { services, product, plan } = derivation;
  const { dataset } = plan;
  const answer = await openAnswer(derivation, cursor);
  try {
    const state = await services.store.snapshot(product.id, dataset.name, cursor.position);
    try {
      const sql = [...answer.setup, ...compareSql(dataset, answer.sql, state.sql)];
      const { rows } = await services.engine.run(sql, { deadlineMs: VERIFY_DEADLINE_MS });
      const count = (part: string) => Number(rows.find((row) => row[0] === part)?.[1] ?? 0);
      const samples = (['missing', 'unexpected'] as const).flatMap((side) =>
        rows.filter((row) => row[0] === `${side} row`).map((row) => ({ side, row: String(row[2]) })),
      );
      const [all, missing, unexpected] = [count('rows'), count('missing'), count('unexpected')];
      const { position, positions } = cursor;
      return { dataset: dataset.name, position, inputs: positions, rows: all, missing, unexpected, samples };
    } finally {
      state.release();
    }
  } finally {
    await answer.release();
  }
}

function compareSql(dataset: Dataset, expected: string, state: string): string[] {
  const columns = columnsOf(dataset);
  const comparable = columns.map(comparableColumn).join(', ');
  const row = rowJsonSql(columns);
  const side = (name: string) =>
    `select '${name}', count(*), null from _${name} union all (select '${name} row', 1, ${row} from _${name} limit ${SAMPLES_MAX})`;
  return [
    `create temp table _expected as select ${comparable} from (${expected})`,
    `create temp table _state as select ${comparable} from (${state})`,
    'create temp table _missing as from _expected except all from _state',
    'create temp table _unexpected as from _state except all from _expected',
    `select 'rows' as part, count(*) as n, null as row from _state union all ${side('missing')} union all ${side('unexpected')}`,
  ];
}

/** Sums of doubles depend on the order of the additions in their last digits; they are compared at 12 significant digits. */
function comparableColumn(field: Field): string {
  const name = sqlName(field.name);
  return field.type === 'number' ? `cast(printf('%.11e', ${name}) as double) as ${name}` : name;
}
