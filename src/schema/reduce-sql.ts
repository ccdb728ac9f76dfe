/**
 * Reduction: records of one key become one row, in the engine.
 *
 * The input and the output have the same shape, a *state row*: the columns of the dataset, `_position` (of the newest record in
 * it), `_reset` (a delete is among its records, so nothing older counts) and `_deleted` (the newest record is a delete). A
 * record is the state row of itself. Because the shape is the same, states of adjacent ranges may be reduced again, in any
 * grouping, with the same result.
 *
 * One column differs in content between a state row and what is shown: `json` with `reduce: merge` holds its patches.
 * `shownColumnsSql` makes what is shown.
 */
import { unreachable } from '../base/assert.ts';
import { columnsOf, type Dataset, type Field, keyFieldsOf } from './field.ts';
import { foldPatchesSql, PATCH_SEPARATOR_SQL } from './json-merge-sql.ts';
import { sqlName, sqlText, sqlType } from './sql-type.ts';

/** The columns that make a row of the dataset a state row. */
export const STATE_COLUMNS = ['_position', '_reset', '_deleted'] as const;

/** True when the newest record of a key is all that counts. */
export function isLastOnly(dataset: Dataset): boolean {
  return otherFieldsOf(dataset).every((field) => (field.reduce ?? 'last') === 'last');
}

/** The columns that are not part of the key. */
export function otherFieldsOf(dataset: Dataset): readonly Field[] {
  const keys = new Set(keyFieldsOf(dataset).map((field) => field.name));
  return columnsOf(dataset).filter((field) => !keys.has(field.name));
}

/** Condition that two rows, under these names, have the same key; null parts are equal to each other. */
export function sameKeySql(dataset: Dataset, left: string, right: string): string {
  return keyFieldsOf(dataset)
    .map((field) => `${left}.${sqlName(field.name)} IS NOT DISTINCT FROM ${right}.${sqlName(field.name)}`)
    .join(' AND ');
}

/**
 * A SELECT of one state row a key, from the state rows that `source` (a SELECT) gives. Positions must differ within a key.
 * `source` is read twice. Throws in the engine when a sum leaves its type.
 */
export function reduceRowsSql(dataset: Dataset, source: string): string {
  return isLastOnly(dataset) ? newestRowsSql(dataset, source) : combinedRowsSql(dataset, source);
}

/** Expressions, in the order of the columns, that turn a state row into what is shown. */
export function shownColumnsSql(dataset: Dataset): string {
  return columnsOf(dataset)
    .map((field) => {
      const name = sqlName(field.name);
      return holdsPatches(dataset, field) ? `${foldPatchesSql(name)} AS ${name}` : name;
    })
    .join(', ');
}

function holdsPatches(dataset: Dataset, field: Field): boolean {
  return field.type === 'json' && field.reduce === 'merge' && otherFieldsOf(dataset).includes(field);
}

function keyNames(dataset: Dataset): string {
  return keyFieldsOf(dataset)
    .map((field) => sqlName(field.name))
    .join(', ');
}

function newestRowsSql(dataset: Dataset, source: string): string {
  const columns = [...STATE_COLUMNS, ...columnsOf(dataset).map((field) => sqlName(field.name))].join(', ');
  const newest = `SELECT max(_position) FROM (${source}) GROUP BY ${keyNames(dataset)}`;
  return `SELECT ${columns} FROM (${source}) WHERE _position IN (${newest})`;
}

function combinedRowsSql(dataset: Dataset, source: string): string {
  const keys = keyNames(dataset);
  const cuts = `SELECT ${keys}, max(_position) AS _cut FROM (${source}) WHERE _reset GROUP BY ${keys}`;
  const live =
    `SELECT r.* FROM (${source}) r LEFT JOIN (${cuts}) c ON ${sameKeySql(dataset, 'r', 'c')} ` +
    'WHERE c._cut IS NULL OR r._position >= c._cut';
  const others = new Set(otherFieldsOf(dataset));
  const columns = columnsOf(dataset).map((field) => {
    const name = sqlName(field.name);
    return `${others.has(field) ? combineSql(field, name) : `l.${name}`} AS ${name}`;
  });
  const marks = [
    'max(l._position) AS _position',
    'bool_or(l._reset) AS _reset',
    'arg_max(l._deleted, l._position) AS _deleted',
  ];
  const grouped = keyFieldsOf(dataset).map((field) => `l.${sqlName(field.name)}`);
  return `SELECT ${[...marks, ...columns].join(', ')} FROM (${live}) l GROUP BY ${grouped.join(', ')}`;
}

function combineSql(field: Field, name: string): string {
  const column = `l.${name}`;
  const reduction = field.reduce ?? 'last';
  switch (reduction) {
    case 'last':
      return `arg_max_null(${column}, l._position)`;
    case 'first':
      return `arg_min(${column}, l._position)`;
    case 'sum':
      return sumSql(field, column);
    case 'min':
    case 'max':
      return `${reduction}(${column})`;
    case 'append':
      return concatenatedSql(column);
    case 'set':
      return distinctItemsSql(concatenatedSql(column));
    case 'merge':
      return field.type === 'json'
        ? `string_agg(${column}, ${PATCH_SEPARATOR_SQL} ORDER BY l._position)`
        : mergedObjectSql(field, column);
    default:
      return unreachable(reduction);
  }
}

/** The engine sums wider than the type, so the cast finds what does not fit; what has no wider type is compared instead. */
function sumSql(field: Field, column: string): string {
  const sum = `sum(${column})`;
  if (field.type === 'number') return `CASE WHEN isinf(${sum}) THEN ${tooLargeSql(field)} ELSE ${sum} END`;
  if (field.type !== 'decimal' || field.precision !== 38) return `CAST(${sum} AS ${sqlType(field)})`;
  const largest = `${'9'.repeat(38 - (field.scale ?? 0))}.${'9'.repeat(field.scale ?? 0)}`.replace(/\.$/, '');
  const limit = `CAST(${sqlText(largest)} AS ${sqlType(field)})`;
  return `CASE WHEN ${sum} > ${limit} OR ${sum} < -${limit} THEN ${tooLargeSql(field)} ELSE ${sum} END`;
}

function tooLargeSql(field: Field): string {
  return `error(${sqlText(`Out of Range: the sum of "${field.name}" does not fit its type`)})`;
}

function concatenatedSql(column: string): string {
  return `flatten(list(${column} ORDER BY l._position) FILTER (${column} IS NOT NULL))`;
}

/** Distinct items in ascending order; a null item, which the engine's own function drops, comes last. */
function distinctItemsSql(list: string): string {
  return `list_transform([${list}], lambda x: CASE WHEN x IS NULL THEN NULL ELSE list_concat(list_sort(list_distinct(x)), CASE WHEN list_count(x) < len(x) THEN [NULL] ELSE [] END) END)[1]`;
}

/** Member by member, the newest that is not null; an object that every record left out stays null. */
function mergedObjectSql(field: Field, column: string): string {
  const members = (field.fields ?? []).map((member) => {
    const inner = `${column}.${sqlName(member.name)}`;
    const value =
      member.type === 'object' ? mergedObjectSql(member, inner) : `arg_max(${inner}, l._position)`;
    return `${sqlName(member.name)} := ${value}`;
  });
  return `CASE WHEN count(${column}) = 0 THEN NULL ELSE struct_pack(${members.join(', ')}) END`;
}
