/** `from a, b where a.x = b.y`: equalities that stand in a filter above a product of tables, which is then an inner join. */
import { isNode, type SqlNode } from '../sql-tree.ts';
import { columnsOfExpression, type Expression, readExpression, substitute } from './expression.ts';
import type { Equality } from './trace-join.ts';

/** Two expressions over the same columns, which are equal in every row. */
export interface EqualPair {
  readonly one: Expression<number>;
  readonly other: Expression<number>;
}

/** The conditions of a filter are all met. */
export function equalPairs(filter: SqlNode): EqualPair[] {
  const conditions = Array.isArray(filter.expressions) ? filter.expressions.filter(isNode) : [];
  return conditions.flatMap((condition) => {
    if (condition.expression_class !== 'BOUND_COMPARISON' || condition.type !== 'COMPARE_EQUAL') return [];
    const [one, other] = [readExpression(condition.left), readExpression(condition.right)];
    return one && other ? [{ one, other }] : [];
  });
}

/** Those within the first `width` columns, those within the others (over these alone), and those that tie both together. */
export function splitPairs(pairs: readonly EqualPair[], width: number) {
  const isLeft = (expression: Expression<number>) => columnsOfExpression(expression).every((i) => i < width);
  const isRight = (expression: Expression<number>) =>
    columnsOfExpression(expression).every((i) => i >= width);
  const shifted = (expression: Expression<number>) =>
    substitute<number, number>(expression, (i) => ({ kind: 'column', column: i - width }));
  const across = ({ one, other }: EqualPair): Equality[] => {
    const [left, right] = isLeft(one) ? [one, other] : [other, one];
    const own = isLeft(left) && isRight(right) ? shifted(right) : undefined;
    return own ? [{ matchesNulls: false, left, right: own }] : [];
  };
  return {
    left: pairs.filter(({ one, other }) => isLeft(one) && isLeft(other)),
    right: pairs.flatMap(({ one, other }) => {
      if (!isRight(one) || !isRight(other)) return [];
      const [a, b] = [shifted(one), shifted(other)];
      return a && b ? [{ one: a, other: b }] : [];
    }),
    between: pairs.flatMap(across),
  };
}
