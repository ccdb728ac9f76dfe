import { columnsOf } from '../schema/field.ts';
import { rowJsonSql } from '../schema/json-form.ts';
import { SOURCE_POSITION } from '../schema/load-sql.ts';
import { sqlName, sqlType } from '../schema/sql-type.ts';
import { statementOf } from './derive-plan.ts';
import type { MapPlan } from './map-plan.ts';

/** The column that carries a record's position in the source log. */
export const POSITION_COLUMN = SOURCE_POSITION;

/**
 * A query that gives, for every source row, what the map's SQL makes of that row alone: POSITION_COLUMN of the row, and `line`, the
 * document in JSON form on one line. `rows` is a query with POSITION_COLUMN and the input's fields.
 *
 * The SQL stands in it as it was written, and sees a table of the input's name that holds the one row.
 */
export function mappedRowsSql(plan: MapPlan, rows: string): string {
  const columns = columnsOf(plan.dataset);
  const names = plan.fields.map((field, i) => [sqlName(field.name), `c${i}`] as const);
  const renamed = names.map(([name, short]) => `${name} as ${short}`);
  const record = names.map(([name, short]) => `r.${short} as ${name}`);
  const cast = columns.map(
    (field) => `cast(${sqlName(field.name)} as ${sqlType(field)}) as ${sqlName(field.name)}`,
  );
  const query = `with ${sqlName(plan.input)} as (select ${record.join(', ')}) select ${cast.join(', ')} from (${statementOf(plan.sql)}\n)`;
  const source = `select ${[POSITION_COLUMN, ...renamed].join(', ')} from (${rows})`;
  // Between tokens of JSON text, where alone they can stand, line ends mean nothing.
  const line = `replace(replace(${rowJsonSql(columns)}, chr(10), ' '), chr(13), ' ')`;
  return `select ${POSITION_COLUMN}, ${line} as line from (select r.${POSITION_COLUMN}, q.* from (${source}) r, lateral (${query}) q)`;
}
