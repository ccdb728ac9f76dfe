/** What rows of two inputs have in common: of joins, and of `from a, b where a.x = b.y`, which is one, too. */
import { isNode, type SqlNode } from '../sql-tree.ts';
import { columnsOfExpression, type Expression, readExpression, substitute } from './expression.ts';

/** Over each side's own columns. */
export interface Equality {
  /** Nulls are equal to each other. */
  readonly matchesNulls: boolean;
  readonly left: Expression<number>;
  readonly right: Expression<number>;
}

/** Of a join whose left side has so many columns. */
export function equalitiesOf(node: SqlNode, width: number): Equality[] {
  if (node.type === 'LOGICAL_ANY_JOIN') return splitPairs(equalPairs([node.condition]), width).between;
  const conditions = Array.isArray(node.conditions) ? node.conditions.filter(isNode) : [];
  return conditions.flatMap((condition) => {
    const isEqual =
      condition.comparison === 'COMPARE_EQUAL' || condition.comparison === 'COMPARE_NOT_DISTINCT_FROM';
    const [left, right] = [readExpression(condition.left), readExpression(condition.right)];
    const matchesNulls = condition.comparison !== 'COMPARE_EQUAL';
    return isEqual && left && right ? [{ matchesNulls, left, right }] : [];
  });
}

/** Two expressions over the same columns, which are equal in every row. */
export interface EqualPair {
  readonly one: Expression<number>;
  readonly other: Expression<number>;
}

/** Of conditions that are all met. */
export function equalPairs(conditions: readonly unknown[]): EqualPair[] {
  return conditions.flatMap((condition) => {
    if (!isNode(condition)) return [];
    if (condition.type === 'CONJUNCTION_AND' && Array.isArray(condition.children))
      return equalPairs(condition.children);
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
