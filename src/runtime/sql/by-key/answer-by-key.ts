/** Answers a statement that asks for the row of one key from the store's own look-up by key, without a guest. */
import type { SqlAnswer, SqlDescription, SqlParam, SqlRun } from '../../../kit/sql.ts';
import type { Store } from '../../../store/store.ts';
import type { SqlTable } from '../sql-names.ts';
import { type KeyPlan, keyPlan } from './key-plan.ts';
import type { KeyQuestion } from './key-question.ts';
import { rowCells } from './row-cells.ts';

const WHOLE = /^[+-]?\d{1,18}$/;

export interface ByKey {
  readonly question: KeyQuestion;
  readonly table: SqlTable;
  /** As a guest told it. */
  readonly description: SqlDescription;
}

/**
 * Undefined where only a guest can tell. The rows are those that a guest would give: the same state, at the same position, found by equality
 * of the whole key, whose parts are texts or whole numbers. All rows and columns show: of a table that is seen through a lens, a guest must
 * be asked. Throws POSITION_GONE, RUN_DAMAGED, and as the vector does.
 */
export async function answerByKey(
  store: Pick<Store, 'row'>,
  run: SqlRun,
  { question, table, description }: ByKey,
): Promise<Omit<SqlAnswer, 'check'> | undefined> {
  if (run.format.kind !== 'cells' || run.rowsMax < 1) return undefined;
  const { stream, dataset } = table;
  const plan = keyPlan(question, dataset);
  if (plan?.columns.length !== description.columns.length) return undefined;
  const key = keyOf(plan, run.params, description);
  if (key === 'unclear') return undefined;
  const position = await run.vector.position(stream);
  const row = key === 'null' ? undefined : await store.row(stream, dataset.name, position, key);
  run.signal.throwIfAborted();
  const bytes = row === undefined ? new Uint8Array() : rowCells(row, plan.columns, run.format.binary);
  if (!bytes) return undefined;
  const page = { bytes, rows: row === undefined ? 0 : 1, done: true };
  return {
    ...description,
    positions: { [stream]: position },
    page,
    fetch: async () => ({ bytes: new Uint8Array(), rows: 0, done: true }),
    close: async () => undefined,
  };
}

/** A null equals nothing, so no row is found by it. */
function keyOf(
  { params: parts }: KeyPlan,
  params: readonly SqlParam[],
  { params: types }: SqlDescription,
): readonly string[] | 'null' | 'unclear' {
  if (types.length !== parts.length || params.length !== parts.length) return 'unclear';
  const key: (string | null)[] = [];
  for (const { index, isWhole } of parts) {
    const param = params[index];
    if (!param || !isClear(param, isWhole, types[index])) return 'unclear';
    key.push(param.text);
  }
  return key.includes(null) ? 'null' : (key as string[]);
}

/** Whether equality of texts, or of whole numbers, is what the engine would find. */
function isClear({ text, type }: SqlParam, isWhole: boolean, found: string | undefined): boolean {
  if (isWhole) return found === 'BIGINT' && (text === null || WHOLE.test(text));
  return found === 'VARCHAR' && (type ?? 'VARCHAR') === 'VARCHAR' && text?.includes('\0') !== true;
}
