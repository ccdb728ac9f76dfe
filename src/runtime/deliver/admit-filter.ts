/** A filter is one condition over the fields of a row: no other table, no file, nothing that answers differently tomorrow. */
import { messageOf, WharfError } from '../../base/errors.ts';
import { admitStatement } from '../../engine/admit/admit-statement.ts';
import type { ParsedSql } from '../../engine/admit/sql-tree.ts';
import type { Engine } from '../../engine/engine.ts';
import '../../kit/errors.ts';
import { columnsOf, type Dataset } from '../../schema/field.ts';
import { sqlName, sqlText, sqlType } from '../../schema/sql-type.ts';

const ROWS = '_rows';

/** Throws DELIVERY_INVALID. */
export async function admitFilter(engine: Engine, dataset: Dataset, filter: string): Promise<void> {
  const statement = `select 1 from ${ROWS} where (${filter}\n)`;
  const columns = columnsOf(dataset).map((field) => `${sqlName(field.name)} ${sqlType(field)}`);
  try {
    const { rows } = await engine.run(`select json_serialize_sql(${sqlText(statement)})`);
    const { tables } = admitStatement(JSON.parse(String(rows[0]?.[0])) as ParsedSql, NO_FUNCTIONS);
    if (tables.length !== 1) throw new Error('it reads a table, and may say something of its row alone');
    await engine.run([
      `create temp table ${ROWS} (${columns.join(', ')})`,
      `select 1 from ${ROWS} where (${filter}\n)`,
    ]);
  } catch (thrown) {
    throw new WharfError('DELIVERY_INVALID', `The filter "${filter}" cannot be used: ${messageOf(thrown)}`, {
      hint: "Write a condition over the dataset's fields, such as: airport in ('JFK', 'SFO')",
      cause: thrown,
    });
  }
}

const NO_FUNCTIONS = { functions: new Set<string>() };
