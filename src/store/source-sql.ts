/** Runs as SQL: what a reader of them must not know is in which columns and files they were written. */
import { columnsOf, type Dataset, keyFieldsOf } from '../schema/field.ts';
import { isLastOnly, otherFieldsOf } from '../schema/reduce-sql.ts';
import { sqlName, sqlText, sqlType } from '../schema/sql-type.ts';
import type { StoredColumn } from './run.ts';

/** A file to read; of a history file, only the positions in (after, through] where these are given. */
export interface Source {
  readonly path: string;
  readonly schema: readonly StoredColumn[];
  readonly after?: number | undefined;
  readonly through?: number | undefined;
}

/** The columns that a dataset is written with now. */
export function storedColumns(dataset: Dataset): readonly StoredColumn[] {
  return columnsOf(dataset).map((field) => ({ name: field.name, type: sqlType(field) }));
}

export function columnNames(dataset: Dataset): string {
  return columnsOf(dataset)
    .map((field) => sqlName(field.name))
    .join(', ');
}

export function keyNames(dataset: Dataset): string {
  return keyFieldsOf(dataset)
    .map((field) => sqlName(field.name))
    .join(', ');
}

/** What identifies how state runs were made: they are of no use under another key or other reductions. */
export function ruleOf(dataset: Dataset): string {
  const known = rules.get(dataset) ?? ruleText(dataset);
  rules.set(dataset, known);
  return known;
}

/** Asked for with every look at a stream, thousands a second where there are thousands of products. */
const rules = new WeakMap<Dataset, string>();

function ruleText(dataset: Dataset): string {
  const reductions = otherFieldsOf(dataset).flatMap((field) =>
    field.reduce && field.reduce !== 'last' ? [[field.name, field.reduce]] : [],
  );
  return JSON.stringify({ key: keyFieldsOf(dataset).map((field) => field.name), reductions });
}

/** The files as a table function; paths are taken literally, and nothing is read out of their names. */
export function readFilesSql(paths: readonly string[]): string {
  return `read_parquet([${paths.map(sqlText).join(', ')}], hive_partitioning = false)`;
}

/** Records in the order of the files: `_position, _time, _op` and the columns. `where` holds for every file's rows. */
export function historySql(
  columns: readonly StoredColumn[],
  sources: readonly Source[],
  where?: string,
): string {
  return unionSql(columns, sources, HISTORY_COLUMNS, where);
}

/** State rows of state runs. */
export function stateRowsSql(
  columns: readonly StoredColumn[],
  sources: readonly Source[],
  where?: string,
): string {
  return unionSql(columns, sources, STATE_HEAD, where);
}

/** Each record of a history SELECT as the state row of itself. What combines with others must not see more than a delete's key. */
export function recordsAsStateSql(dataset: Dataset, history: string): string {
  const others = new Set(isLastOnly(dataset) ? [] : otherFieldsOf(dataset));
  const columns = columnsOf(dataset).map((field) => {
    const name = sqlName(field.name);
    return others.has(field) ? `CASE WHEN _op = 1 THEN NULL ELSE ${name} END AS ${name}` : name;
  });
  return `SELECT _position, _op = 1 AS _reset, _op = 1 AS _deleted, ${columns.join(', ')} FROM (${history})`;
}

const HISTORY_COLUMNS: readonly StoredColumn[] = [
  { name: '_position', type: 'BIGINT' },
  { name: '_time', type: 'TIMESTAMP WITH TIME ZONE' },
  { name: '_op', type: 'TINYINT' },
];
const STATE_HEAD: readonly StoredColumn[] = [
  { name: '_position', type: 'BIGINT' },
  { name: '_reset', type: 'BOOLEAN' },
  { name: '_deleted', type: 'BOOLEAN' },
];

function unionSql(
  columns: readonly StoredColumn[],
  sources: readonly Source[],
  head: readonly StoredColumn[],
  where: string | undefined,
): string {
  if (sources.length === 0) {
    const nulls = [...head, ...columns].map((column) => `NULL::${column.type} AS ${sqlName(column.name)}`);
    return `SELECT ${nulls.join(', ')} WHERE false`;
  }
  const names = head.map((column) => column.name);
  const selects = groupAdjacent(sources).map(([first, paths]) => {
    const list = [...names, ...columns.map((column) => columnSql(column, first.schema))].join(', ');
    const inner = `SELECT ${list} FROM ${readFilesSql(paths)}${rangeSql(first)}`;
    return where ? `SELECT * FROM (${inner}) WHERE ${where}` : inner;
  });
  return selects.join(' UNION ALL ');
}

/** A column that the file lacks is null in it; one that had another type then is cast. */
function columnSql(column: StoredColumn, schema: readonly StoredColumn[]): string {
  const name = sqlName(column.name);
  const stored = schema.find((other) => other.name === column.name);
  if (!stored) return `NULL::${column.type} AS ${name}`;
  return stored.type === column.type ? name : `CAST(${name} AS ${column.type}) AS ${name}`;
}

function rangeSql(source: Source): string {
  const conditions = [
    ...(source.after === undefined ? [] : [`_position > ${source.after}`]),
    ...(source.through === undefined ? [] : [`_position <= ${source.through}`]),
  ];
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
}

/** Neighbours that are read in the same way share one table function. */
function groupAdjacent(sources: readonly Source[]): (readonly [Source, string[]])[] {
  const groups: (readonly [Source, string[]])[] = [];
  let last = '';
  for (const source of sources) {
    const way = JSON.stringify([source.schema, source.after, source.through]);
    if (way === last) groups.at(-1)?.[1].push(source.path);
    else groups.push([source, [source.path]]);
    last = way;
  }
  return groups;
}
