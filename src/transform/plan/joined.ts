/** The two sides of a join, with what is known of its rows from what they have in common. */
import type { Equality } from './equalities.ts';
import {
  columnsOfExpression,
  type Expression,
  expressionSql,
  hasCoalesce,
  isNullOfNulls,
  substitute,
} from './expression.ts';
import type { ComparedNames } from './obstacles.ts';
import { plainSql } from './path-text.ts';
import { touchOf } from './trace-expression.ts';
import { columnAt, mergedSources, type Traced, type TracedColumn, type TracedValue } from './traced.ts';

export interface Joined {
  readonly left: Traced;
  readonly right: Traced;
  /** They refer to the values of each side, too. */
  readonly equalities: readonly Equality[];
}

/**
 * Rows in which one of them is v are made of the left side's rows in which `left` is, and the right side's in which `right` is: both are null
 * where their own row is missing, and equal where both are there.
 */
export function comparedValues({ left, right, equalities }: Joined): TracedValue[] {
  return equalities.flatMap((equality) => {
    const ofLeft = alternativesOf(equality.left, left, 0);
    const ofRight = alternativesOf(equality.right, right, left.columns.length);
    const touches = [touchOf(equality.left, left), touchOf(equality.right, right)];
    if (!ofLeft || !ofRight || touches.includes(undefined)) return [];
    const touch = new Map(touches.flatMap((of) => [...(of ?? [])]));
    const sources = mergedSources([
      ...columnsFrom(equality.left, left),
      ...columnsFrom(equality.right, right),
    ]);
    return [{ alternatives: [...ofLeft, ...ofRight], column: { touch, sources } }];
  });
}

export function columnsFrom(expression: Expression<number>, side: Traced): (TracedColumn | undefined)[] {
  return columnsOfExpression(expression).map((place) => columnAt(side, place));
}

/** Over the columns of the join, of which this side's begin at `shift`; undefined where it may be another thing for a row that is missing. */
function alternativesOf(
  expression: Expression<number>,
  side: Traced,
  shift: number,
): readonly Expression<number>[] | undefined {
  const shifted = (of: Expression<number>) => shiftedBy(of, shift);
  if (expression.kind !== 'column') {
    const isOne = isNullOfNulls(expression) && !hasCoalesce(expression);
    return isOne ? known([shifted(expression)]) : undefined;
  }
  const value = side.values?.[expression.column - side.columns.length];
  return known((value?.alternatives ?? [expression]).map(shifted));
}

export function known<T>(values: readonly (T | undefined)[]): T[] | undefined {
  const found = values.filter((value) => value !== undefined);
  return found.length === values.length ? found : undefined;
}

export function shiftedBy(expression: Expression<number>, shift: number): Expression<number> | undefined {
  return substitute<number, number>(expression, (place) => ({ kind: 'column', column: place + shift }));
}

/** What the equalities compare, as far as it is made of columns of tables. */
export function comparedNames({ left, right, equalities }: Joined): ComparedNames[] {
  const name = (expression: Expression<number>, side: Traced) => {
    const origins = columnsFrom(expression, side).map((column) => column?.origin);
    const leaf = origins[0]?.leaf;
    const own = substitute(expression, (i) => columnAt(side, i)?.origin?.expression);
    const isOfOne = leaf && own && origins.every((origin) => origin?.leaf === leaf);
    return isOfOne ? plainSql(expressionSql(own, leaf.table)) : undefined;
  };
  return equalities.flatMap((equality) => {
    const [l, r] = [name(equality.left, left), name(equality.right, right)];
    return l !== undefined && r !== undefined ? [{ left: l, right: r }] : [];
  });
}
