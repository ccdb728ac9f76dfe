import { columnsOf, type Dataset, keyFieldsOf } from '../../schema/field.ts';
import { keyJsonSql, rowJournalSql, rowJsonSql } from '../../schema/json-form.ts';
import { otherFieldsOf, sameKeySql } from '../../schema/reduce-sql.ts';
import { sqlName, sqlText } from '../../schema/sql-type.ts';

/** Stands between the parts of a difference's file; no document begins so. */
export const PART_END = '-';

/** The parts of a difference, in the order in which they are read. */
export const DIFFERENCE_PARTS = ['repeated', 'gone', 'changed'] as const;
export type DifferencePart = (typeof DIFFERENCE_PARTS)[number];

/**
 * How rows that are other than before are written: as such; after a delete of their key, because the reductions of the fields would
 * add them to what is there; or all rows in their order, compared with nothing, because the reductions shall.
 */
export type Written = 'changed' | 'replaced' | 'added';

interface Compared<W extends Written> {
  readonly rows: string;
  readonly state: string;
  /** `changed` when left out. */
  readonly written?: W | undefined;
}

/**
 * A statement that compares what a query gives (`rows`, a SELECT of the dataset's columns) with a state (likewise), and writes what
 * would bring the state there. The file has three parts, each with a document a line, and a line of PART_END between them:
 *
 * 1. `{ "key", "times" }` where `rows` has a key more than once,
 * 2. the keys that are gone (and, for `replaced`, those of rows that are other than before), in journal form,
 * 3. the rows that are new or other than before, in JSON form, in the order of their keys.
 */
export function differenceSql(
  dataset: Dataset,
  { rows, state, written = 'changed' }: Compared<Written>,
  file: string,
): string {
  if (written === 'added') return addedSql(dataset, rows, file);
  const keyColumns = keyColumnsOf(dataset);
  const noKeys = keyColumns.map((key) => `null as ${key}`).join(', ');
  const parts = partsSql(dataset, written);
  const lines = [
    `select 0 as _part, * from (${parts.repeated})`,
    `select 1, ${noKeys}, '${PART_END}'`,
    `select 2, * from (${parts.gone})`,
    `select 3, ${noKeys}, '${PART_END}'`,
    `select 4, * from (${parts.changed})`,
  ];
  const ordered = `select _line from (${lines.join(' union all ')}) order by _part, ${keyColumns.join(', ')}`;
  return copySql(
    `with _result as materialized (${rows}), _state as materialized (${state}) ${ordered}`,
    file,
  );
}

/**
 * The same in statements, one a step, each part in a file of its own. That costs more than one statement where there is a state to compare with;
 * but the engine can tell of nearly each step how far it is. The first statement computes `rows`.
 */
export function differenceStepsSql(
  dataset: Dataset,
  { rows, state, written = 'changed' }: Compared<Exclude<Written, 'added'>>,
  files: Readonly<Record<DifferencePart, string>>,
): string[] {
  const order = keyColumnsOf(dataset).join(', ');
  const parts = partsSql(dataset, written);
  const write = (part: DifferencePart) =>
    copySql(`select _line from (${parts[part]}) order by ${order}`, files[part]);
  return [
    `create temp table _result as ${rows}`,
    `create temp table _state as ${state}`,
    ...DIFFERENCE_PARTS.map(write),
  ];
}

/** SELECTs of the key's columns and a line, over `_result` and `_state`; no field's name begins with a line. */
function partsSql(
  dataset: Dataset,
  written: Exclude<Written, 'added'>,
): Readonly<Record<DifferencePart, string>> {
  const keys = keyColumnsOf(dataset).join(', ');
  const repeated = `select ${keys}, count(*) as _times from _result group by ${keys} having _times > 1 order by ${keys} limit 1`;
  const goes = written === 'replaced' ? sameRowSql(dataset) : sameKeySql(dataset, 'c', 's');
  const gone = `select c.* from _state c anti join _result s on ${goes}`;
  const changed = `select s.* from _result s anti join _state c on ${sameRowSql(dataset)}`;
  return {
    repeated: `select ${keys}, '{"key":' || ${keyJsonSql(dataset)} || ',"times":' || _times || '}' as _line from (${repeated})`,
    gone: `select ${keys}, ${rowJournalSql(keyFieldsOf(dataset))} as _line from (${gone})`,
    changed: `select ${keys}, ${oneLineSql(rowJsonSql(columnsOf(dataset)))} as _line from (${changed})`,
  };
}

function keyColumnsOf(dataset: Dataset): string[] {
  return keyFieldsOf(dataset).map((field) => sqlName(field.name));
}

/** The engine keeps the order of rows in what it copies. */
function addedSql(dataset: Dataset, rows: string, file: string): string {
  const line = oneLineSql(rowJsonSql(columnsOf(dataset)));
  return copySql(
    `select '${PART_END}' as _line union all select '${PART_END}' union all select ${line} from (${rows})`,
    file,
  );
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
