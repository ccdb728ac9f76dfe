/**
 * Joins. A column of one side keeps its trace to the leaves of its own side. To those of the other side it gets one by an equality of the
 * join: rows of the other side that change touch their values of the equality, and with them
 * - the column itself, where it is what the equality compares, or
 * - what the column's own trace gives for the rows of its side in which the equality finds such a value. For without these rows, the
 *   rows that have the value would not be there; so what they are traced to is touched. Those of them that changed themselves
 *   are looked at anyway, and those that did not are there now as they were before: it is enough to look at what is there now.
 *
 * Only columns of a side whose rows are never made up (of nulls, by an outer join) can be traced.
 */
import { isNode, type SqlNode } from '../sql-tree.ts';
import { columnsOfExpression, type Expression, readExpression, substitute } from './expression.ts';
import { withValue } from './trace-expression.ts';
import {
  type Leaf,
  mergedSources,
  notFollowed,
  type Path,
  type Traced,
  type TracedColumn,
  untraced,
  untracedAll,
} from './traced.ts';

type Side = 'left' | 'right';

/** What rows of both sides have in common, over each side's own columns. */
export interface Equality {
  /** Nulls are equal to each other. */
  readonly matchesNulls: boolean;
  readonly left: Expression<number>;
  readonly right: Expression<number>;
}

const OUTER = 'it is on the side of an outer join that may be missing';

export function traceJoin(
  type: unknown,
  left: Traced,
  right: Traced,
  equalities: readonly Equality[],
): Traced {
  const side = (which: Side) => {
    const [own, other] = which === 'left' ? [left, right] : [right, left];
    return own.columns.map((column, i) => traceAcross({ column, index: i, which, own, other, equalities }));
  };
  const leaves = [...left.leaves, ...right.leaves];
  switch (type) {
    case 'INNER':
      return { leaves, columns: [...side('left'), ...side('right')] };
    case 'LEFT':
    case 'SINGLE':
      return { leaves, columns: [...side('left'), ...madeUp(right.columns)] };
    case 'RIGHT':
      return { leaves, columns: [...madeUp(left.columns), ...side('right')] };
    case 'OUTER':
    case 'FULL':
      return { leaves, columns: madeUp([...left.columns, ...right.columns]) };
    case 'SEMI':
    case 'ANTI':
      return { leaves, columns: side('left') };
    case 'MARK':
      return { leaves, columns: [...traceMarked(left, right, equalities), markOf(right)] };
    default:
      return notFollowed([left, right], `a ${String(type).toLowerCase()} join is not followed`);
  }
}

/**
 * Each row of the left side stays, and is told whether one on the right matches it: by the rows that agree with it where nulls are equal to
 * each other (`exists (select ... where o.c = l.c)`). By another equality, a null anywhere on the right makes it unknown for every row
 * without a match (`x not in (select ...)`).
 */
function traceMarked(left: Traced, right: Traced, equalities: readonly Equality[]): readonly TracedColumn[] {
  const certain = equalities.filter(({ matchesNulls }) => matchesNulls);
  if (certain.length === 0) return untracedAll(left.columns, '"in" under a negation is not followed');
  return traceJoin('SEMI', left, right, certain).columns;
}

function markOf(right: Traced): TracedColumn {
  return { sources: mergedSources(right.columns), obstacle: 'it tells whether there is another row' };
}

/** `x in (select ...)` that a filter asks for: the mark is an additional column on the right. */
export function traceMarkAsSemi(left: Traced, right: Traced, equalities: readonly Equality[]): Traced {
  const semi = traceJoin('SEMI', left, right, equalities);
  return { ...semi, columns: [...semi.columns, { sources: new Set(), obstacle: 'it is a constant' }] };
}

/** A value that is missing is null, so it still comes from nowhere else. */
function madeUp(columns: readonly TracedColumn[]): TracedColumn[] {
  return columns.map((column) => ({ ...untraced(column, OUTER), origin: column.origin }));
}

export function equalitiesOf(node: SqlNode): Equality[] {
  const conditions = Array.isArray(node.conditions) ? node.conditions.filter(isNode) : [];
  return conditions.flatMap((condition) => {
    const isEqual =
      condition.comparison === 'COMPARE_EQUAL' || condition.comparison === 'COMPARE_NOT_DISTINCT_FROM';
    const [left, right] = [readExpression(condition.left), readExpression(condition.right)];
    const matchesNulls = condition.comparison !== 'COMPARE_EQUAL';
    return isEqual && left && right ? [{ matchesNulls, left, right }] : [];
  });
}

interface Across {
  readonly column: TracedColumn;
  readonly index: number;
  readonly which: Side;
  readonly own: Traced;
  readonly other: Traced;
  readonly equalities: readonly Equality[];
}

function traceAcross(across: Across): TracedColumn {
  const { column, other } = across;
  if (!column.touch) return column;
  const touch = new Map(column.touch);
  for (const leaf of other.leaves) {
    const path = pathAcross(across, leaf);
    if (!path) return untraced(column, `the join does not tie it to ${namesOf(other)} by an equality`);
    touch.set(leaf, path);
  }
  return { ...column, touch };
}

function pathAcross(across: Across, leaf: Leaf): Path | undefined {
  const { which, other, equalities } = across;
  for (const equality of equalities) {
    const [mine, theirs] =
      which === 'left' ? [equality.left, equality.right] : [equality.right, equality.left];
    const from = pathOfSide(theirs, other, leaf);
    if (!from) continue;
    const path = isColumn(mine, across.index) ? from : pathThrough(across, equality, mine, from);
    if (path) return path;
  }
  return undefined;
}

function isColumn(expression: Expression<number>, index: number): boolean {
  return expression.kind === 'column' && expression.column === index;
}

/** The path of what the equality compares on the other side. */
function pathOfSide(expression: Expression<number>, side: Traced, leaf: Leaf): Path | undefined {
  const [first, ...others] = columnsOfExpression(expression).map((i) => side.columns[i]?.touch?.get(leaf));
  if (!first || others.length > 0) return undefined;
  return withValue(first, (value) => substitute(expression, () => value));
}

function pathThrough(
  { column, own }: Across,
  { matchesNulls }: Equality,
  mine: Expression<number>,
  from: Path,
): Path | undefined {
  const origins = columnsOfExpression(mine).map((i) => own.columns[i]?.origin);
  const carrier = origins[0]?.leaf;
  const then = carrier && column.touch?.get(carrier);
  if (!then || origins.some((origin) => origin?.leaf !== carrier)) return undefined;
  const match = substitute(mine, (i) => own.columns[i]?.origin?.expression);
  return match && { kind: 'through', from, carrier, match, matchesNulls, then };
}

function namesOf(side: Traced): string {
  return side.leaves.map((leaf) => `"${leaf.table}"`).join(', ');
}
