import { columnsOf, type Dataset, keyFieldsOf } from '../schema/field.ts';
import { rowJsonSql } from '../schema/json-form.ts';
import { sqlName } from '../schema/sql-type.ts';
import { CHECK_DEADLINE_MS, type CheckScope, SAMPLE_TEXT_MAX, SAMPLES_MAX } from './check-scope.ts';

/**
 * A few of the failing rows, as JSON texts, the first ones by key. None where a rule of access hides rows or fields from
 * somebody: what a check found is told to everybody who sees the product.
 */
export async function failingSamples(
  scope: CheckScope,
  setup: readonly string[],
  dataset: Dataset,
  failing: string,
): Promise<readonly string[]> {
  const { access } = scope.product;
  const isOpen = access.every((rule) => rule.rows === undefined && Object.keys(rule.mask).length === 0);
  if (!isOpen) return [];
  const key = keyFieldsOf(dataset).map((field) => sqlName(field.name));
  const order = key.length > 0 ? ` order by ${key.join(', ')}` : '';
  const first = `select * from (${failing})${order} limit ${SAMPLES_MAX}`;
  const sql = `select left(${rowJsonSql(columnsOf(dataset))}, ${SAMPLE_TEXT_MAX}) from (${first})`;
  const options = { deadlineMs: CHECK_DEADLINE_MS, ...(scope.signal ? { signal: scope.signal } : {}) };
  const { rows } = await scope.engine.run([...setup, sql], options);
  return rows.map(([text]) => String(text));
}
