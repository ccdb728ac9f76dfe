/**
 * `changes(input)`: the records of an input that a cycle has not seen yet, in the order of their positions, for queries in
 * the mode `reduce`. Besides the input's columns it has those below.
 */
import { columnsOf, type Dataset } from '../schema/field.ts';
import { sqlName, sqlType } from '../schema/sql-type.ts';

/** The table function's name, in small letters. */
export const CHANGES = 'changes';

/** What a record has besides its fields: `op` is `upsert` (append-only inputs have no other), `time` when it was journaled. */
const RECORD_COLUMNS = [
  { name: 'op', type: 'varchar', of: "case _op when 1 then 'delete' else 'upsert' end" },
  { name: 'position', type: 'bigint', of: '_position' },
  { name: 'time', type: 'timestamp with time zone', of: '_time' },
] as const;

export function recordColumnNames(): readonly string[] {
  return RECORD_COLUMNS.map(({ name }) => name);
}

/** Statements after which `changes(table)` binds, and gives nothing. */
export function noChangesSql(table: string, dataset: Dataset): string[] {
  const fields = columnsOf(dataset).map((field) => `${sqlName(field.name)} ${sqlType(field)}`);
  const added = RECORD_COLUMNS.map(({ name, type }) => `${sqlName(name)} ${type}`);
  return [`create temp table ${sqlName(table)} (${[...fields, ...added].join(', ')})`, macroSql(table)];
}

/** Statements after which `changes(table)` gives these records: a SELECT of `_position`, `_time`, `_op` and the columns. */
export function changesSql(table: string, dataset: Dataset, records: string): string[] {
  const fields = columnsOf(dataset).map((field) => sqlName(field.name));
  const added = RECORD_COLUMNS.map(({ name, of }) => `${of} as ${sqlName(name)}`);
  const columns = [...fields, ...added].join(', ');
  return [
    `create temp table ${sqlName(table)} as select ${columns} from (${records}) order by _position`,
    macroSql(table),
  ];
}

/** Only one input can be read, and the analysis has seen that it is the one that is named. */
function macroSql(table: string): string {
  return `create temp macro ${CHANGES}(_input) as table select * from ${sqlName(table)}`;
}
