/**
 * Follows the columns of a bound plan down to the tables: one function an operator, each with the reason why it may say what it says.
 * An operator that is not listed is not followed, so nothing is concluded from it.
 */
import { isNode, type SqlNode } from '../sql-tree.ts';
import { type EqualPair, equalitiesOf, splitPairs } from './equalities.ts';
import { type Kept, keptBy, withPresent } from './kept-rows.ts';
import { COLUMN_OBSTACLES, type Obstacle, operatorObstacle, QUERY_OBSTACLES } from './obstacles.ts';
import { traceExpression } from './trace-expression.ts';
import { traceJoin, traceMarkAsSemi } from './trace-join.ts';
import {
  traceAggregate,
  traceDistinct,
  traceProjection,
  traceSetOperation,
  traceWindow,
} from './trace-operators.ts';
import { type Leaf, leavesOf, notFollowed, type Traced, type TracedColumn, untracedAll } from './traced.ts';

/** Columns of a table that are never null. */
export type PresentColumns = (table: string) => ReadonlySet<string>;

/** What an operator may refer to besides its children. */
interface Definitions {
  readonly presentIn: PresentColumns;
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
export function tracePlan(root: SqlNode, presentIn: PresentColumns): Traced {
  return trace(root, { presentIn, named: new Map() });
}

export function childrenOf(node: SqlNode): readonly SqlNode[] {
  return Array.isArray(node.children) ? node.children.filter(isNode) : [];
}

function trace(node: SqlNode, definitions: Definitions): Traced {
  const children = childrenOf(node);
  if (node.type === 'LOGICAL_MATERIALIZED_CTE') return traceCte(node, definitions);
  if (node.type === 'LOGICAL_CTE_REF') return traceCteRef(node, definitions);
  if (node.type === 'LOGICAL_FILTER') return traceFilter(node, definitions);
  if (node.type === 'LOGICAL_GET') return traceScan(node, definitions);
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
  if (first && second) return traceOfTwo(node, first, second);
  if (first) return traceOfOne(node, first);
  return notFollowed(inputs, operatorObstacle(node.type));
}

function traceOfOne(node: SqlNode, input: Traced): Traced {
  switch (node.type) {
    case 'LOGICAL_ORDER_BY':
      // Rows of a product have no order.
      return input;
    case 'LOGICAL_PROJECTION':
      return traceProjection(node, input);
    case 'LOGICAL_AGGREGATE_AND_GROUP_BY':
      return traceAggregate(node, input);
    case 'LOGICAL_WINDOW':
      return traceWindow(node, input);
    case 'LOGICAL_DISTINCT':
      return traceDistinct(node, input);
    default:
      return notFollowed([input], operatorObstacle(node.type));
  }
}

function traceOfTwo(node: SqlNode, left: Traced, right: Traced): Traced {
  switch (node.type) {
    case 'LOGICAL_COMPARISON_JOIN':
    case 'LOGICAL_ANY_JOIN':
      return traceJoin(node.join_type, left, right, equalitiesOf(node, left.columns.length));
    case 'LOGICAL_CROSS_PRODUCT':
      return traceJoin('INNER', left, right, []);
    case 'LOGICAL_UNION':
    case 'LOGICAL_EXCEPT':
    case 'LOGICAL_INTERSECT':
      return traceSetOperation([left, right]);
    default:
      return notFollowed([left, right], operatorObstacle(node.type));
  }
}

/** Which columns come out is known again where they are written down. */
function traceOverUnknown(node: SqlNode, inputs: readonly Traced[], why: Obstacle): Traced {
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
  const sides = correlatedSides(node, NOTHING_KEPT, definitions);
  return 'unknown' in sides
    ? sides
    : traceJoin(node.join_type, ...sides, equalitiesOf(node, sides[0].columns.length));
}

type Sides = readonly [Traced, Traced];
type Unknown = Traced & { readonly unknown: Obstacle };

/** `kept` are the rows that are left of both sides together. */
function correlatedSides(node: SqlNode, kept: Kept, definitions: Definitions): Sides | Unknown {
  const [left, right] = childrenOf(node);
  const columns = node.duplicate_eliminated_columns;
  if (!left || !right || !Array.isArray(columns) || node.delim_flipped)
    return unknown([UNKNOWN_TABLES], operatorObstacle(node.type));
  const rows = traceKept(left, kept, definitions);
  if (rows.unknown !== undefined) return unknown([rows, UNKNOWN_TABLES], rows.unknown);
  if (rows.leaves.length > OUTER_LEAVES_MAX) return unknown([rows, UNKNOWN_TABLES], QUERY_OBSTACLES.tooMany);
  const outer = definitions.outer === undefined ? { node: left, columns, definitions } : 'nested';
  return knownSides(rows, trace(right, { ...definitions, outer }));
}

function knownSides(left: Traced, right: Traced): Sides | Unknown {
  const why = left.unknown ?? right.unknown;
  return why === undefined ? [left, right] : unknown([left, right], why);
}

function unknown(inputs: readonly Traced[], why: Obstacle): Unknown {
  return { ...notFollowed(inputs, why), unknown: why };
}

/** The different values of these columns of the rows outside, which are read again for it, as places of their own. */
function traceOuterValues({ outer }: Definitions): Traced {
  if (outer === undefined || outer === 'nested') return notFollowed([UNKNOWN_TABLES], QUERY_OBSTACLES.nested);
  const input = trace(outer.node, outer.definitions);
  if (input.unknown !== undefined) return input;
  return { leaves: input.leaves, columns: outer.columns.map((column) => traceExpression(column, input)) };
}

/** Each reference reads the tables again, as places of its own. */
function traceCte(node: SqlNode, definitions: Definitions): Traced {
  const [definition, main] = childrenOf(node);
  if (!definition || !main) return notFollowed([UNKNOWN_TABLES], operatorObstacle(node.type));
  const named = new Map([...definitions.named, [Number(node.table_index), definition] as const]);
  return trace(main, { ...definitions, named });
}

function traceCteRef(node: SqlNode, definitions: Definitions): Traced {
  const definition = definitions.named.get(Number(node.cte_index));
  if (!definition || node.is_recurring) return notFollowed([UNKNOWN_TABLES], QUERY_OBSTACLES.recursive);
  return trace(definition, definitions);
}

/** Stands for tables that are read in a way that was not looked at. */
const UNKNOWN: Leaf = { table: '', columns: [] };
const UNKNOWN_TABLES: Traced = { leaves: [UNKNOWN], columns: [] };

function traceScan(node: SqlNode, { presentIn }: Definitions): Traced {
  const data = isNode(node.function_data) ? node.function_data : {};
  const names = Array.isArray(node.names) ? node.names.map(String) : [];
  const indexes = Array.isArray(node.column_indexes) ? node.column_indexes.filter(isNode) : [];
  if (node.name !== 'seq_scan' || typeof data.table !== 'string')
    return notFollowed([UNKNOWN_TABLES], QUERY_OBSTACLES.tableFunction);
  const columns = indexes.map((index) => names[Number(index.index)]);
  const leaf: Leaf = { table: data.table, columns: columns.filter((name) => name !== undefined) };
  const present = presentIn(data.table);
  return { leaves: [leaf], columns: columns.map((name) => scanned(leaf, name, present)) };
}

function scanned(leaf: Leaf, name: string | undefined, present: ReadonlySet<string>): TracedColumn {
  // The number of a row, which a query that names no column reads.
  if (name === undefined) return { sources: new Set(), obstacle: COLUMN_OBSTACLES.constant };
  const expression = { kind: 'column', column: name } as const;
  return {
    origin: { leaf, expression },
    touch: new Map([[leaf, { kind: 'direct', expression }]]),
    isPresent: present.has(name),
    sources: new Set([`${leaf.table}.${name}`]),
  };
}

/** Leaves out rows by their own values, so rows with c = v still depend on what they depended on. */
function traceFilter(node: SqlNode, definitions: Definitions): Traced {
  const [child] = childrenOf(node);
  if (!child) return notFollowed([UNKNOWN_TABLES], operatorObstacle(node.type));
  return traceKept(child, keptBy(node), definitions);
}

const NOTHING_KEPT: Kept = { asked: new Set(), present: new Set(), pairs: [] };

/** An operator of whose rows a filter above keeps some. */
function traceKept(node: SqlNode, kept: Kept, definitions: Definitions): Traced {
  if (node.join_type === 'MARK') return traceKeptMark(node, kept, definitions);
  if (node.type === 'LOGICAL_CROSS_PRODUCT')
    return withPresent(traceProduct(node, kept.pairs, definitions), kept);
  return withPresent(trace(node, definitions), kept);
}

/** What is kept of the rows, whose first columns are the left side's, could be left out of the left side at once. */
function traceKeptMark(node: SqlNode, kept: Kept, definitions: Definitions): Traced {
  const [left, right] = childrenOf(node);
  if (!left || !right) return notFollowed([UNKNOWN_TABLES], operatorObstacle(node.type));
  const sides =
    node.type === 'LOGICAL_DELIM_JOIN'
      ? correlatedSides(node, kept, definitions)
      : knownSides(traceKept(left, kept, definitions), trace(right, definitions));
  if ('unknown' in sides) return sides;
  const mark = sides[0].columns.length;
  return kept.asked.has(mark)
    ? traceMarkAsSemi(...sides, equalitiesOf(node, mark))
    : traceJoin('MARK', ...sides, equalitiesOf(node, mark));
}

/** A product of which only rows are left in which the pairs are equal. */
function traceProduct(node: SqlNode, pairs: readonly EqualPair[], definitions: Definitions): Traced {
  const [left, right] = childrenOf(node);
  if (!left || !right) return notFollowed([UNKNOWN_TABLES], operatorObstacle(node.type));
  const side = (child: SqlNode, own: readonly EqualPair[]) =>
    child.type === 'LOGICAL_CROSS_PRODUCT'
      ? traceProduct(child, own, definitions)
      : trace(child, definitions);
  // How wide the left side is does not depend on what is equal in it.
  const { columns, unknown: why } = side(left, []);
  if (why !== undefined) return unknown([side(left, []), side(right, [])], why);
  const split = splitPairs(pairs, columns.length);
  const sides = knownSides(side(left, split.left), side(right, split.right));
  return 'unknown' in sides ? sides : traceJoin('INNER', ...sides, split.between);
}
