/**
 * Whether a query works record by record: it reads its one input once, and each of its rows comes from a single record of it.
 *
 * Only what is known to do so is let through: SELECT with expressions and WHERE, from the input itself, optionally joined to an
 * `unnest` of the same record. Such a query can be given any part of the input, and asked which record a row came from.
 */
import type { FunctionCatalog } from './function-catalog.ts';
import { columnRef, expressions, isNode, type SelectNode, type SqlNode, type SqlTree } from './sql-tree.ts';

/** The column that carries a record's position in the source log through the query. */
export const POSITION_COLUMN = '_position';

export interface Obstacle {
  /** Completes "The transform of an external input works record by record, so it cannot ...". */
  readonly what: string;
  /** Offset in the SQL text; undefined when it is about the whole. */
  readonly offset: number | undefined;
}

/** Table functions that only unfold what the record itself holds. */
const UNFOLDING = new Set(['unnest', 'generate_series', 'range']);

export function findObstacles(tree: SqlTree, input: string, functions: FunctionCatalog): Obstacle[] {
  const [statement, ...others] = tree.statements ?? [];
  if (!statement || others.length > 0) return [{ what: 'hold more than one statement', offset: undefined }];
  const node = statement.node;
  if (node.type !== 'SELECT_NODE')
    return [{ what: 'combine queries with UNION, INTERSECT or EXCEPT', offset: undefined }];
  const select = node as SelectNode;
  return [
    ...clauseObstacles(select),
    ...sourceObstacles(select.from_table, input),
    ...expressionObstacles(select, functions),
  ];
}

function clauseObstacles(select: SelectNode): Obstacle[] {
  const found: Obstacle[] = [];
  const add = (isThere: unknown, what: string) => isThere && found.push({ what, offset: undefined });
  add(listOf(select.group_expressions).length > 0 || listOf(select.group_sets).length > 0, 'group records');
  add(select.aggregate_handling !== 'STANDARD_HANDLING', 'group records');
  add(select.having, 'have a HAVING clause');
  add(select.qualify, 'have a QUALIFY clause');
  add(select.sample, 'take a sample');
  add(isNode(select.cte_map) && listOf(select.cte_map.map).length > 0, 'have a WITH clause');
  for (const modifier of listOf(select.modifiers)) {
    const words: Record<string, string> = {
      ORDER_MODIFIER: 'order records',
      DISTINCT_MODIFIER: 'drop records that are equal',
    };
    add(true, words[String((modifier as SqlNode).type)] ?? 'limit how many records there are');
  }
  return found;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function sourceObstacles(table: SqlNode, input: string): Obstacle[] {
  const offset = table.query_location;
  switch (table.type) {
    case 'BASE_TABLE': {
      const isInput =
        String(table.table_name).toLowerCase() === input.toLowerCase() &&
        !table.schema_name &&
        !table.catalog_name;
      if (!isInput)
        return [{ what: `read "${table.table_name}", which is not its input "${input}"`, offset }];
      return table.sample ? [{ what: 'take a sample', offset }] : [];
    }
    case 'JOIN':
      return [
        ...sourceObstacles(table.left as SqlNode, input),
        ...unfoldingObstacles(table.right as SqlNode),
      ];
    case 'EMPTY':
      return [{ what: `leave out its input: write "from ${input}"`, offset }];
    default:
      return [{ what: `read from anything but its input "${input}"`, offset }];
  }
}

function unfoldingObstacles(table: SqlNode): Obstacle[] {
  const called =
    table.type === 'TABLE_FUNCTION' && isNode(table.function)
      ? String(table.function.function_name)
      : undefined;
  if (called !== undefined && UNFOLDING.has(called.toLowerCase())) return [];
  return [
    { what: 'join its input to anything but an unnest() of the same record', offset: table.query_location },
  ];
}

function expressionObstacles(select: SelectNode, functions: FunctionCatalog): Obstacle[] {
  const found: Obstacle[] = [];
  for (const expression of expressions(select)) {
    const what = expressionObstacle(expression, functions);
    if (what) found.push({ what, offset: expression.query_location });
  }
  return found;
}

function expressionObstacle(expression: SqlNode, functions: FunctionCatalog): string | undefined {
  if (expression.class === 'WINDOW') return 'use window functions';
  if (expression.class === 'SUBQUERY') return 'hold sub-queries';
  if (expression.class === 'PARAMETER') return 'have parameters';
  if (expression.class !== 'FUNCTION') return undefined;
  const name = String(expression.function_name);
  if (functions.isUnsteady(name)) return `call ${name}(), which gives something else each time`;
  return functions.isAggregate(name) && !UNFOLDING.has(name.toLowerCase())
    ? `aggregate records with ${name}()`
    : undefined;
}

/**
 * The query with the position of each row's record as its first column. Stars are written out, since they would show it too.
 * Gives an obstacle where a star cannot be.
 */
export function carryPosition(tree: SqlTree, columns: readonly string[]): SqlTree | Obstacle {
  const select = tree.statements?.[0]?.node as SelectNode;
  const table = inputTable(select.from_table);
  const name = table.alias || String(table.table_name);
  const list: SqlNode[] = [columnRef([name, POSITION_COLUMN], POSITION_COLUMN)];
  for (const expression of select.select_list) {
    if (expression.class !== 'STAR') list.push(expression);
    else if (isPlainStar(expression, select.from_table))
      list.push(...columns.map((column) => columnRef([name, column])));
    else
      return {
        what: 'use a star with EXCLUDE, REPLACE, COLUMNS or a join: write the columns out',
        offset: expression.query_location,
      };
  }
  return { error: false, statements: [{ ...tree.statements?.[0], node: { ...select, select_list: list } }] };
}

function inputTable(table: SqlNode): SqlNode {
  return table.type === 'JOIN' ? inputTable(table.left as SqlNode) : table;
}

function isPlainStar(star: SqlNode, from: SqlNode): boolean {
  const adorned = [star.exclude_list, star.replace_list, star.rename_list, star.qualified_exclude_list].some(
    (list) => listOf(list).length > 0,
  );
  return from.type === 'BASE_TABLE' && !adorned && star.columns !== true && !star.expr;
}
