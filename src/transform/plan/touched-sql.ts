/** SQL for the keys that changed rows touch, and for the rows that have such keys. */
import { assert } from '../../base/assert.ts';
import { columnsOfExpression, expressionSql } from './expression.ts';
import type { DirectPath, Leaf, Path } from './traced.ts';

/** Where the tables are found. */
export interface TableNames {
  /** The rows of a table that changed, as they were before and as they are now; at least the columns of `columnsTouched`. */
  readonly changed: (table: string) => string;
  /** All rows of a table, as they are now. */
  readonly now: (table: string) => string;
}

/** The column of the touched keys' table that holds the i-th traced column's value. */
export function touchedColumn(i: number): string {
  return `k${i}`;
}

/**
 * A SELECT of the values, one column a path, that the leaf's changed rows touch. All paths are direct, or all go through the
 * same rows of the same carrier.
 */
export function touchedSql(leaf: Leaf, paths: readonly Path[], tables: TableNames): string {
  return valuesSql(paths, `select * from ${tables.changed(leaf.table)}`, tables);
}

function valuesSql(paths: readonly Path[], rows: string, tables: TableNames): string {
  const [first] = paths;
  if (first?.kind === 'through') {
    const thens = paths.map((path) => (path.kind === 'through' ? path.then : path));
    return valuesSql(thens, carrierRowsSql(first, rows, tables), tables);
  }
  const values = paths.map((path, i) => `${directSql(path)} as ${touchedColumn(i)}`);
  return `select distinct ${values.join(', ')} from (${rows}) r`;
}

function carrierRowsSql(path: Extract<Path, { kind: 'through' }>, rows: string, tables: TableNames): string {
  const matches = valuesSql([path.from], rows, tables);
  return `select r.* from ${tables.now(path.carrier.table)} r semi join (${matches}) m on ${expressionSql(path.match, 'r')} is not distinct from m.${touchedColumn(0)}`;
}

function directSql(path: Path): string {
  assert(path.kind === 'direct', 'paths that are followed together go the same way');
  return expressionSql(path.expression, 'r');
}

/** The columns of a leaf's changed rows that these paths begin with. */
export function columnsTouched(paths: readonly Path[]): string[] {
  return paths.flatMap((path) =>
    path.kind === 'direct' ? columnsOfExpression(path.expression) : columnsTouched([path.from]),
  );
}

/** Condition that a row `r` of a leaf has the values of a row `t` of the touched keys. */
export function hasTouchedKeySql(paths: readonly DirectPath[]): string {
  return paths
    .map(
      ({ expression }, i) => `${expressionSql(expression, 'r')} is not distinct from t.${touchedColumn(i)}`,
    )
    .join(' and ');
}
