/**
 * Follows the columns of a bound plan down to the tables: one function an operator, each with the reason why it may say what it says.
 * An operator that is not listed is not followed, so nothing is concluded from it.
 */
import { isNode, type SqlNode } from '../sql-tree.ts';
import { readExpression } from './expression.ts';
import { type EqualPair, equalPairs, splitPairs } from './product-equalities.ts';
import { traceExpression } from './trace-expression.ts';
import { equalitiesOf, traceJoin, traceMarkAsSemi } from './trace-join.ts';
import {
  type Leaf,
  leavesOf,
  mergedSources,
  notFollowed,
  type Path,
  type Traced,
  type TracedColumn,
  untraced,
  untracedAll,
} from './traced.ts';

/** What an operator may refer to besides its children. */
interface Definitions {
  readonly named: ReadonlyMap<number, SqlNode>;
  /** What a correlated sub-query is computed for; `nested` within another one, where it is not known which is meant. */
  readonly outer?: CorrelatedRows | 'nested' | undefined;
}

interface CorrelatedRows {
  readonly node: SqlNode;
  readonly columns: readonly unknown[];
  readonly definitions: Definitions;
}

/** The columns that the plan gives, in order. */
export function tracePlan(root: SqlNode): Traced {
  return trace(root, { named: new Map() });
}

export function childrenOf(node: SqlNode): readonly SqlNode[] {
  return Array.isArray(node.children) ? node.children.filter(isNode) : [];
}

function trace(node: SqlNode, definitions: Definitions): Traced {
  const children = childrenOf(node);
  if (node.type === 'LOGICAL_MATERIALIZED_CTE') return traceCte(node, definitions);
  if (node.type === 'LOGICAL_CTE_REF') return traceCteRef(node, definitions);
  if (node.type === 'LOGICAL_FILTER') return traceFilter(node, definitions);
  if (node.type === 'LOGICAL_DELIM_JOIN') return traceCorrelated(node, definitions);
  if (node.type === 'LOGICAL_DELIM_GET') return traceOuterValues(definitions);
  return traceOperator(
    node,
    children.map((child) => trace(child, definitions)),
  );
}

function traceOperator(node: SqlNode, inputs: readonly Traced[]): Traced {
  const [first, second] = inputs;
  const { unknown: why } = inputs.find((input) => input.unknown !== undefined) ?? {};
  if (why !== undefined) return traceOverUnknown(node, inputs, why);
  if (node.type === 'LOGICAL_GET') return traceScan(node, inputs);
  if (first && second) return traceOfTwo(node, first, second);
  if (first) return traceOfOne(node, first);
  return notFollowed(inputs, `${wordsOf(node)} is not followed`);
}

function traceOfOne(node: SqlNode, input: Traced): Traced {
  switch (node.type) {
    case 'LOGICAL_ORDER_BY':
      // Rows of a product have no order.
      return input;
    case 'LOGICAL_PROJECTION':
      return project(node, input);
    case 'LOGICAL_AGGREGATE_AND_GROUP_BY':
      return traceAggregate(node, input);
    case 'LOGICAL_WINDOW':
      return traceWindow(node, input);
    case 'LOGICAL_DISTINCT':
      return traceDistinct(node, input);
    default:
      return notFollowed([input], `${wordsOf(node)} is not followed`);
  }
}

function traceOfTwo(node: SqlNode, left: Traced, right: Traced): Traced {
  switch (node.type) {
    case 'LOGICAL_COMPARISON_JOIN':
    case 'LOGICAL_ANY_JOIN':
      return traceJoin(node.join_type, left, right, equalitiesOf(node));
    case 'LOGICAL_CROSS_PRODUCT':
      return traceJoin('INNER', left, right, []);
    case 'LOGICAL_UNION':
    case 'LOGICAL_EXCEPT':
    case 'LOGICAL_INTERSECT':
      return traceSetOperation([left, right]);
    default:
      return notFollowed([left, right], `${wordsOf(node)} is not followed`);
  }
}

/** Which columns come out is known again where they are written down. */
function traceOverUnknown(node: SqlNode, inputs: readonly Traced[], why: string): Traced {
  const listed = (name: string) => (Array.isArray(node[name]) ? (node[name] as readonly unknown[]) : []);
  const leaves = leavesOf(inputs);
  const columns = (expressions: readonly unknown[]) =>
    untracedAll(
      expressions.map(() => ({ sources: new Set<string>() })),
      why,
    );
  if (node.type === 'LOGICAL_PROJECTION') return { leaves, columns: columns(listed('expressions')) };
  if (node.type === 'LOGICAL_AGGREGATE_AND_GROUP_BY')
    return { leaves, columns: columns([...listed('groups'), ...listed('expressions')]) };
  return notFollowed(inputs, why);
}

/** Places where tables are read outside of a sub-query: each is read again inside, so they grow with every further sub-query. */
const OUTER_LEAVES_MAX = 8;

/** A join with what a sub-query gives for the different values of the columns that it takes from outside. */
function traceCorrelated(node: SqlNode, definitions: Definitions): Traced {
  const sides = correlatedSides(node, definitions);
  if (!sides) return notFollowed([UNKNOWN_TABLES], `${wordsOf(node)} is not followed`);
  const why = sides.find((side) => side.unknown !== undefined)?.unknown;
  return why === undefined
    ? traceJoin(node.join_type, ...sides, equalitiesOf(node))
    : notFollowed(sides, why);
}

function correlatedSides(node: SqlNode, definitions: Definitions): readonly [Traced, Traced] | undefined {
  const [left, right] = childrenOf(node);
  const columns = node.duplicate_eliminated_columns;
  if (!left || !right || !Array.isArray(columns) || node.delim_flipped) return undefined;
  const rows = trace(left, definitions);
  if (rows.unknown !== undefined) return [rows, UNKNOWN_TABLES];
  if (rows.leaves.length > OUTER_LEAVES_MAX)
    return [notFollowed([rows], 'so many sub-queries are not followed'), UNKNOWN_TABLES];
  const outer = definitions.outer === undefined ? { node: left, columns, definitions } : 'nested';
  return [rows, trace(right, { ...definitions, outer })];
}

/** The different values of these columns of the rows outside, which are read again for it, as places of their own. */
function traceOuterValues({ outer }: Definitions): Traced {
  if (outer === undefined || outer === 'nested')
    return notFollowed([UNKNOWN_TABLES], 'a sub-query of a sub-query is not followed');
  const input = trace(outer.node, outer.definitions);
  if (input.unknown !== undefined) return input;
  return { leaves: input.leaves, columns: outer.columns.map((column) => traceExpression(column, input)) };
}

/** Each reference reads the tables again, as places of its own. */
function traceCte(node: SqlNode, definitions: Definitions): Traced {
  const [definition, main] = childrenOf(node);
  if (!definition || !main) return notFollowed([], 'a named query is not followed');
  const named = new Map([...definitions.named, [Number(node.table_index), definition] as const]);
  return trace(main, { ...definitions, named });
}

function traceCteRef(node: SqlNode, definitions: Definitions): Traced {
  const definition = definitions.named.get(Number(node.cte_index));
  if (!definition || node.is_recurring)
    return notFollowed([UNKNOWN_TABLES], 'a recursive query is not followed');
  return trace(definition, definitions);
}

/** Stands for tables that are read in a way that was not looked at. */
const UNKNOWN: Leaf = { table: '', columns: [] };
const UNKNOWN_TABLES: Traced = { leaves: [UNKNOWN], columns: [] };

function traceScan(node: SqlNode, inputs: readonly Traced[]): Traced {
  const data = isNode(node.function_data) ? node.function_data : {};
  const names = Array.isArray(node.names) ? node.names.map(String) : [];
  const indexes = Array.isArray(node.column_indexes) ? node.column_indexes.filter(isNode) : [];
  if (node.name !== 'seq_scan' || typeof data.table !== 'string') {
    return notFollowed([...inputs, UNKNOWN_TABLES], 'a table function is not followed');
  }
  const columns = indexes.map((index) => names[Number(index.index)]);
  const leaf: Leaf = { table: data.table, columns: columns.filter((name) => name !== undefined) };
  return { leaves: [leaf], columns: columns.map((name) => scanned(leaf, name)) };
}

function scanned(leaf: Leaf, name: string | undefined): TracedColumn {
  if (name === undefined) return { sources: new Set(), obstacle: 'it is the number of a row' };
  const expression = { kind: 'column', column: name } as const;
  return {
    origin: { leaf, expression },
    touch: new Map([[leaf, { kind: 'direct', expression }]]),
    sources: new Set([`${leaf.table}.${name}`]),
  };
}

/** Leaves out rows by their own values, so rows with c = v still depend on what they depended on. */
function traceFilter(node: SqlNode, definitions: Definitions): Traced {
  const [child] = childrenOf(node);
  if (!child) return notFollowed([], 'a filter is not followed');
  if (child.join_type === 'MARK') {
    const [left, right] =
      child.type === 'LOGICAL_DELIM_JOIN'
        ? (correlatedSides(child, definitions) ?? [])
        : childrenOf(child).map((side) => trace(side, definitions));
    const isKnown = left && right && left.unknown === undefined && right.unknown === undefined;
    if (isKnown && asksFor(node, left.columns.length))
      return traceMarkAsSemi(left, right, equalitiesOf(child));
  }
  return child.type === 'LOGICAL_CROSS_PRODUCT'
    ? traceProduct(child, equalPairs(node), definitions)
    : trace(child, definitions);
}

/** A product of which only rows are left in which the pairs are equal. */
function traceProduct(node: SqlNode, pairs: readonly EqualPair[], definitions: Definitions): Traced {
  const [left, right] = childrenOf(node);
  if (!left || !right) return notFollowed([], 'a product is not followed');
  const side = (child: SqlNode, own: readonly EqualPair[]) =>
    child.type === 'LOGICAL_CROSS_PRODUCT'
      ? traceProduct(child, own, definitions)
      : trace(child, definitions);
  // How wide the left side is does not depend on what is equal in it.
  const { columns, unknown } = side(left, []);
  if (unknown !== undefined) return notFollowed([side(left, []), side(right, [])], unknown);
  const split = splitPairs(pairs, columns.length);
  const sides = [side(left, split.left), side(right, split.right)] as const;
  const why = sides.find((traced) => traced.unknown !== undefined)?.unknown;
  return why === undefined ? traceJoin('INNER', ...sides, split.between) : notFollowed(sides, why);
}

/** True when the filter leaves only rows in which the column is true. */
function asksFor(filter: SqlNode, column: number): boolean {
  const conditions = Array.isArray(filter.expressions) ? filter.expressions : [];
  return conditions.some((condition) => {
    const expression = readExpression(condition);
    return expression?.kind === 'column' && expression.column === column;
  });
}

function project(node: SqlNode, input: Traced): Traced {
  const expressions = Array.isArray(node.expressions) ? node.expressions : [];
  return {
    leaves: input.leaves,
    columns: expressions.map((expression) => traceExpression(expression, input)),
  };
}

/** A group with c = v is made of the rows with c = v. */
function traceAggregate(node: SqlNode, input: Traced): Traced {
  const groups = Array.isArray(node.groups) ? node.groups : [];
  const sets = Array.isArray(node.grouping_sets) ? node.grouping_sets : [];
  const isPlain = sets.length <= 1 && (sets.length === 0 || sets[0].length === groups.length);
  const grouped = groups.map((group) => {
    const column = traceExpression(group, input);
    return isPlain ? column : untraced(column, 'several groupings are not followed');
  });
  const aggregates = Array.isArray(node.expressions) ? node.expressions : [];
  const computed = aggregates.map((aggregate) => {
    const column = traceExpression(aggregate, input);
    return untraced(column, 'it is an aggregate');
  });
  return { leaves: input.leaves, columns: [...grouped, ...computed] };
}

/** A row's window lies within its partition; so rows with c = v depend on those alone when every partition is of one c. */
function traceWindow(node: SqlNode, input: Traced): Traced {
  const windows = Array.isArray(node.expressions) ? node.expressions.filter(isNode) : [];
  const isPartition = (column: number) =>
    windows.every((window) =>
      (Array.isArray(window.partitions) ? window.partitions : []).some((partition) => {
        const expression = readExpression(partition);
        return expression?.kind === 'column' && expression.column === column;
      }),
    );
  const columns = input.columns.map((column, i) =>
    isPartition(i) ? column : untraced(column, 'a window is not partitioned by it'),
  );
  const computed = windows.map((window) =>
    untraced(traceExpression(window, input), 'it is a window function'),
  );
  return { leaves: input.leaves, columns: [...columns, ...computed] };
}

/** Of rows that agree in all targets one stays; those with c = v stay among themselves when c is a target. */
function traceDistinct(node: SqlNode, input: Traced): Traced {
  if (node.distinct_type !== 'DISTINCT_ON') return input;
  const targets = Array.isArray(node.distinct_targets) ? node.distinct_targets.map(readExpression) : [];
  const isTarget = (i: number) => targets.some((target) => target?.kind === 'column' && target.column === i);
  const columns = input.columns.map((column, i) =>
    isTarget(i) ? column : untraced(column, 'distinct on (...) does not name it'),
  );
  return { leaves: input.leaves, columns };
}

/** Whole rows are compared, so those with c = v meet only each other. */
function traceSetOperation(inputs: readonly Traced[]): Traced {
  const leaves = inputs.flatMap((input) => input.leaves);
  const width = inputs[0]?.columns.length ?? 0;
  const columns = Array.from({ length: width }, (_, i): TracedColumn => {
    const parts = inputs.map((input) => input.columns[i]);
    const sources = mergedSources(parts);
    const without = parts.find((part) => !part?.touch);
    if (parts.length === 0 || parts.some((part) => !part?.touch))
      return { sources, obstacle: without?.obstacle ?? 'it is made of several queries' };
    return { sources, touch: new Map<Leaf, Path>(parts.flatMap((part) => [...(part?.touch ?? [])])) };
  });
  return { leaves, columns };
}

function wordsOf(node: SqlNode): string {
  return `"${String(node.type)
    .replace(/^LOGICAL_/, '')
    .replaceAll('_', ' ')
    .toLowerCase()}"`;
}
