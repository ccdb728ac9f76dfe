/**
 * Joins. A column of one side keeps its trace to the leaves of its own side. To those of the other side it gets one by an equality of the
 * join: rows of the other side that change touch their values of the equality, and with them
 * - the column itself, where it is what the equality compares, or
 * - what the column's own trace gives for the rows of its side in which the equality finds such a value. For without these rows, the
 *   rows that have the value would not be there; so what they are traced to is touched. Those of them that changed themselves
 *   are looked at anyway, and those that did not are there now as they were before: it is enough to look at what is there now.
 *
 * Only columns of a side whose rows are never made up (of nulls, by an outer join) can be traced. Of a full join, where both are, coalesce of what
 * an equality compares can: rows in which it is v are made of the rows of either side in which that side's expression is v.
 */
import type { Equality } from './equalities.ts';
import { type Expression, isNullOfNulls, substitute } from './expression.ts';
import { columnsFrom, comparedNames, comparedValues, type Joined, known, shiftedBy } from './joined.ts';
import {
  COLUMN_OBSTACLES,
  joinKindObstacle,
  notInObstacle,
  type Obstacle,
  outerObstacle,
  untiedObstacle,
} from './obstacles.ts';
import { pathOfComputed, withValues } from './trace-expression.ts';
import {
  columnAt,
  type Leaf,
  mergedSources,
  notFollowed,
  type Path,
  type Traced,
  type TracedColumn,
  type TracedValue,
  untraced,
  untracedAll,
} from './traced.ts';

type Side = 'left' | 'right';

export function traceJoin(type: unknown, left: Traced, right: Traced, written: readonly Equality[]): Traced {
  const equalities = written.map((equality) => ({
    ...equality,
    left: withValues(equality.left, left),
    right: withValues(equality.right, right),
  }));
  const join: Joined = { left, right, equalities };
  const leaves = [...left.leaves, ...right.leaves];
  switch (type) {
    case 'INNER':
      return {
        leaves,
        columns: [...traceSide(join, 'left'), ...traceSide(join, 'right')],
        values: [...valuesOfSide(join, 'left'), ...valuesOfSide(join, 'right')],
      };
    case 'LEFT':
    case 'SINGLE':
      return {
        leaves,
        columns: [...traceSide(join, 'left'), ...madeUp(join, type, right.columns)],
        values: valuesOfSide(join, 'left'),
      };
    case 'RIGHT':
      return {
        leaves,
        columns: [...madeUp(join, type, left.columns), ...traceSide(join, 'right')],
        values: valuesOfSide(join, 'right'),
      };
    case 'OUTER':
    case 'FULL':
      return {
        leaves,
        columns: madeUp(join, 'FULL', [...left.columns, ...right.columns]),
        values: comparedValues(join),
      };
    case 'SEMI':
    case 'ANTI':
      return { leaves, columns: traceSide(join, 'left'), values: valuesOfSide(join, 'left') };
    case 'MARK':
      return { leaves, columns: [...traceMarked(join), markOf(right)] };
    default:
      return notFollowed([left, right], joinKindObstacle(type));
  }
}

function traceSide(join: Joined, which: Side): TracedColumn[] {
  return join[which].columns.map((column, index) => traceAcross(join, which, column, index));
}

function valuesOfSide(join: Joined, which: Side): TracedValue[] {
  const { columns, values = [] } = join[which];
  const shift = which === 'left' ? 0 : join.left.columns.length;
  return values.flatMap(({ alternatives, column }, i) => {
    const shifted = known(alternatives.map((one) => shiftedBy(one, shift)));
    return shifted
      ? [{ alternatives: shifted, column: traceAcross(join, which, column, columns.length + i) }]
      : [];
  });
}

/**
 * Each row of the left side stays, and is told whether one on the right matches it: by the rows that agree with it, where nulls are equal to
 * each other (`exists (select ... where o.c = l.c)`), or there are none. By another equality, a null anywhere on the right makes it unknown
 * for every row without a match (`x not in (select ...)`), and a null on the left is unknown unless the right side is empty.
 */
function traceMarked(join: Joined): readonly TracedColumn[] {
  const { left, right } = join;
  const certain = join.equalities.filter(
    (equality) =>
      equality.matchesNulls || !(mayBeNull(equality.left, left) || mayBeNull(equality.right, right)),
  );
  if (certain.length === 0) return untracedAll(left.columns, notIn(join));
  return traceSide({ left, right, equalities: certain }, 'left');
}

function mayBeNull(expression: Expression<number>, side: Traced): boolean {
  return expression.kind !== 'column' || columnAt(side, expression.column)?.isPresent !== true;
}

function notIn(join: Joined): Obstacle {
  const { left, right, equalities } = join;
  const [first, ...others] = equalities;
  if (!first || others.length > 0) return notInObstacle();
  const [names] = comparedNames(join);
  return notInObstacle(names, {
    left: mayBeNull(first.left, left),
    right: mayBeNull(first.right, right),
  });
}

function markOf(right: Traced): TracedColumn {
  return { sources: mergedSources(right.columns), obstacle: COLUMN_OBSTACLES.marks };
}

/** `x in (select ...)` that a filter asks for: the mark is an additional column on the right. */
export function traceMarkAsSemi(left: Traced, right: Traced, equalities: readonly Equality[]): Traced {
  const semi = traceJoin('SEMI', left, right, equalities);
  return { ...semi, columns: [...semi.columns, { sources: new Set(), obstacle: COLUMN_OBSTACLES.constant }] };
}

/** A value that is missing is null, so it still comes from nowhere else. */
function madeUp(join: Joined, type: string, columns: readonly TracedColumn[]): TracedColumn[] {
  const obstacle = outerObstacle(type, comparedNames(join));
  return columns.map((column) => ({
    ...untraced(column, obstacle),
    origin: column.origin && { ...column.origin, mayBeMissing: true },
  }));
}

interface Across {
  readonly column: TracedColumn;
  readonly index: number;
  readonly which: Side;
  readonly own: Traced;
  readonly other: Traced;
  readonly equalities: readonly Equality[];
}

function traceAcross(
  { left, right, equalities }: Joined,
  which: Side,
  column: TracedColumn,
  index: number,
): TracedColumn {
  const [own, other] = which === 'left' ? [left, right] : [right, left];
  const across: Across = { column, index, which, own, other, equalities };
  if (!column.touch) return column;
  const touch = new Map(column.touch);
  for (const leaf of other.leaves) {
    const path = pathAcross(across, leaf);
    if (!path) return untraced(column, untiedObstacle(other.leaves.map(({ table }) => table)));
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
  const [first, ...others] = columnsFrom(expression, side).map((column) => column?.touch?.get(leaf));
  if (!first || others.length > 0) return undefined;
  return pathOfComputed(first, (value) => substitute(expression, () => value));
}

function pathThrough(
  { column, own }: Across,
  { matchesNulls }: Equality,
  mine: Expression<number>,
  from: Path,
): Path | undefined {
  const origins = columnsFrom(mine, own).map((column) => column?.origin);
  const carrier = origins[0]?.leaf;
  const then = carrier && column.touch?.get(carrier);
  if (!then || origins.some((origin) => origin?.leaf !== carrier)) return undefined;
  // Where the carrier's row is missing, `mine` is what it is of nulls, and no row of the carrier leads there.
  const isMissed = matchesNulls || !isNullOfNulls(mine);
  if (isMissed && origins.some((origin) => origin?.mayBeMissing)) return undefined;
  const match = substitute(mine, (i) => columnAt(own, i)?.origin?.expression);
  return match && { kind: 'through', from, carrier, match, matchesNulls, then };
}
