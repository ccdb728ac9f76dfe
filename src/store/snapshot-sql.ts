/** A snapshot's plan as SQL. */
import { columnsOf, type Dataset } from '../schema/field.ts';
import { isLastOnly, reduceRowsSql, sameKeySql, shownColumnsSql } from '../schema/reduce-sql.ts';
import {
  columnNames,
  historySql,
  recordsAsStateSql,
  type Source,
  stateRowsSql,
  storedColumns,
} from './source-sql.ts';

/** A plan whose files are known by path. */
export interface SourcedPlan {
  readonly base: Source | undefined;
  readonly deltas: readonly Source[];
  /** In the order of their positions. */
  readonly history: readonly Source[];
  /** Bytes of all files. */
  readonly bytes: number;
  /** Rows in the deltas and the history, at most. */
  readonly newerRows: number;
}

/**
 * Up to so many newer rows, and values of these, are read once and kept in memory while a statement runs, and so are those of some keys,
 * which are few; more are read each time they are named.
 */
const KEPT_ROWS_MAX = 50_000;
const KEPT_VALUES_MAX = 2_000_000;

export interface SnapshotSqlOptions {
  /** A condition over the key's columns that rows must meet; each file is read only for these. */
  readonly keys?: string;
  /** For datasets without a key: the records' `_position` comes first. */
  readonly position?: boolean;
}

/** A SELECT of the dataset's columns: the state by key, or the records of a dataset without a key. */
export function snapshotSql(dataset: Dataset, plan: SourcedPlan, options: SnapshotSqlOptions = {}): string {
  if (dataset.key === 'none') {
    const columns = `${options.position ? '_position, ' : ''}${columnNames(dataset)}`;
    return `SELECT ${columns} FROM (${historySql(storedColumns(dataset), plan.history, options.keys)})`;
  }
  if (plan.deltas.length === 0 && plan.history.length === 0) {
    const base = stateRowsSql(storedColumns(dataset), plan.base ? [plan.base] : [], options.keys);
    return `SELECT ${columnNames(dataset)} FROM (${base})`;
  }
  const rows = newerRowsSql(dataset, plan, options.keys);
  const isKept = options.keys !== undefined || areFew(plan.newerRows, columnsOf(dataset).length);
  const newer = isKept ? 'SELECT * FROM _newer' : rows;
  const shown = plan.base
    ? overBaseSql(dataset, stateRowsSql(storedColumns(dataset), [plan.base], options.keys), newer)
    : shownSql(dataset, reduceRowsSql(dataset, newer));
  return isKept ? `WITH _newer AS MATERIALIZED (${rows}) ${shown}` : shown;
}

function areFew(rows: number, columns: number): boolean {
  return rows <= KEPT_ROWS_MAX && rows * columns <= KEPT_VALUES_MAX;
}

/** The columns of everything that was written and may show in the state: no row is reduced, and none is left out but deletes. */
export function supersetSql(dataset: Dataset, plan: SourcedPlan): string {
  const columns = storedColumns(dataset);
  const state = [...(plan.base ? [plan.base] : []), ...plan.deltas];
  const records = historySql(columns, plan.history, '_op = 0');
  const parts = [
    ...(state.length > 0 ? [stateRowsSql(columns, state, 'NOT _deleted')] : []),
    ...(plan.history.length > 0 || state.length === 0 ? [records] : []),
  ];
  return parts.map((sql) => `SELECT ${columnNames(dataset)} FROM (${sql})`).join(' UNION ALL ');
}

/** State rows of everything after the base. */
function newerRowsSql(dataset: Dataset, plan: SourcedPlan, where: string | undefined): string {
  const deltas = plan.deltas.length > 0 ? [stateRowsSql(storedColumns(dataset), plan.deltas, where)] : [];
  const records =
    plan.history.length > 0
      ? [recordsAsStateSql(dataset, historySql(storedColumns(dataset), plan.history, where))]
      : [];
  return [...deltas, ...records].join(' UNION ALL ');
}

/** State rows of the whole plan, one a key, tombstones included: what state runs are merged from. */
export function mergedStateSql(dataset: Dataset, plan: SourcedPlan): string {
  if (plan.base && plan.deltas.length === 0 && plan.history.length === 0) {
    return stateRowsSql(storedColumns(dataset), [plan.base]);
  }
  const newer = newerRowsSql(dataset, plan, undefined);
  if (!plan.base) return reduceRowsSql(dataset, newer);
  const base = stateRowsSql(storedColumns(dataset), [plan.base]);
  return `${untouchedSql(dataset, '*', base, newer)} UNION ALL ${reduceRowsSql(dataset, touchedSql(dataset, base, newer))}`;
}

/** Rows of the base that nothing newer touches are passed through as they are; only the others are reduced again. */
function overBaseSql(dataset: Dataset, base: string, newer: string): string {
  const untouched = untouchedSql(dataset, columnNames(dataset), base, newer);
  return `${untouched} UNION ALL ${shownSql(dataset, reduceRowsSql(dataset, touchedSql(dataset, base, newer)))}`;
}

function untouchedSql(dataset: Dataset, columns: string, base: string, newer: string): string {
  return `SELECT ${columns} FROM (${base}) b ANTI JOIN (${newer}) n ON ${sameKeySql(dataset, 'b', 'n')}`;
}

/** Where the newest record is all that counts, the base has nothing to add to it. */
function touchedSql(dataset: Dataset, base: string, newer: string): string {
  if (isLastOnly(dataset)) return newer;
  return `SELECT b.* FROM (${base}) b SEMI JOIN (${newer}) n ON ${sameKeySql(dataset, 'b', 'n')} UNION ALL ${newer}`;
}

/** What is shown of state rows. */
export function shownSql(dataset: Dataset, stateRows: string): string {
  return `SELECT ${shownColumnsSql(dataset)} FROM (${stateRows}) WHERE NOT _deleted`;
}
