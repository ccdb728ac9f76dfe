import { columnsOf, type Dataset, keyFieldsOf } from '../../schema/field.ts';
import { keyJsonSql, rowJournalSql, rowJsonSql } from '../../schema/json-form.ts';
import { otherFieldsOf, sameKeySql } from '../../schema/reduce-sql.ts';
import { sqlName, sqlText } from '../../schema/sql-type.ts';

export interface DifferenceFiles {
  /** Gets the keys that are gone, in journal form, one a line. */
  readonly deletes: string;
  /** Gets the rows that are new or other than before, in JSON form, one a line. */
  readonly upserts: string;
}

/**
 * Statements that compare what a query gives (`rows`, a SELECT of the dataset's columns) with a state (likewise), and write what would
 * bring the state there. The last one answers one row: how many keys are gone, how many rows changed, and of a key that `rows`
 * has more than once, its JSON and how often.
 */
export function differenceSql(
  dataset: Dataset,
  rows: string,
  state: string,
  files: DifferenceFiles,
): string[] {
  const keys = keyFieldsOf(dataset).map((field) => sqlName(field.name));
  const keyColumns = keys.join(', ');
  return [
    `create temp table _result as ${rows}`,
    `create temp view _state as ${state}`,
    `create temp table _twice as select ${keyJsonSql(dataset)} as key, n from (select ${keyColumns}, count(*) as n from _result group by ${keyColumns} having n > 1) order by key limit 1`,
    `create temp table _gone as select c.* from _state c anti join _result s on ${sameKeySql(dataset, 'c', 's')}`,
    `create temp table _changed as select s.* from _result s anti join _state c on ${sameRowSql(dataset)}`,
    copySql(`select ${rowJournalSql(keyFieldsOf(dataset))} as line from _gone order by line`, files.deletes),
    copySql(
      `select ${oneLineSql(rowJsonSql(columnsOf(dataset)))} as line from _changed order by ${keyColumns}`,
      files.upserts,
    ),
    'select (select count(*) from _gone), (select count(*) from _changed), (select key from _twice), (select n from _twice)',
  ];
}

function sameRowSql(dataset: Dataset): string {
  const others = otherFieldsOf(dataset).map((field) => {
    const name = sqlName(field.name);
    return `s.${name} is not distinct from c.${name}`;
  });
  return [sameKeySql(dataset, 's', 'c'), ...others].join(' and ');
}

/** Between tokens of JSON text, where alone they can stand, line ends mean nothing. */
function oneLineSql(text: string): string {
  return `replace(replace(${text}, chr(10), ' '), chr(13), ' ')`;
}

/** JSON text holds no control character, so neither delimiter nor line end can occur inside a line. */
function copySql(select: string, file: string): string {
  return `copy (${select}) to ${sqlText(file)} (format csv, header false, quote '', escape '', delimiter '\u0001')`;
}
