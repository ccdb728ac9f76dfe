/** What is known of the rows that a filter keeps: all of its conditions are true for them. */
import { isNode, type SqlNode } from '../sql-tree.ts';
import { type EqualPair, equalPairs } from './equalities.ts';
import { readExpression } from './expression.ts';
import type { Traced } from './traced.ts';

/** By the places of the columns that the filter sees. */
export interface Kept {
  /** Columns that are true. */
  readonly asked: ReadonlySet<number>;
  /** Columns that are not null. */
  readonly present: ReadonlySet<number>;
  readonly pairs: readonly EqualPair[];
}

/** Comparisons that are null where one side is. */
const STRICT = new Set([
  ...['COMPARE_EQUAL', 'COMPARE_NOTEQUAL', 'COMPARE_LESSTHAN', 'COMPARE_GREATERTHAN'],
  ...['COMPARE_LESSTHANOREQUALTO', 'COMPARE_GREATERTHANOREQUALTO'],
]);

export function keptBy(filter: SqlNode): Kept {
  const conditions = Array.isArray(filter.expressions) ? filter.expressions.filter(isNode) : [];
  return {
    asked: new Set(conditions.flatMap(placesOf)),
    present: new Set(conditions.flatMap(presentBy)),
    pairs: equalPairs(conditions),
  };
}

function presentBy(condition: SqlNode): number[] {
  if (condition.type === 'OPERATOR_IS_NOT_NULL' && Array.isArray(condition.children))
    return condition.children.flatMap(placesOf);
  const isStrict = condition.expression_class === 'BOUND_COMPARISON' && STRICT.has(String(condition.type));
  return isStrict ? [condition.left, condition.right].flatMap(placesOf) : [];
}

/** Of a column by itself. */
function placesOf(node: unknown): number[] {
  const expression = readExpression(node);
  return expression?.kind === 'column' ? [expression.column] : [];
}

export function withPresent(traced: Traced, { present }: Kept): Traced {
  if (present.size === 0) return traced;
  const columns = traced.columns.map((column, i) =>
    present.has(i) ? { ...column, isPresent: true } : column,
  );
  return { ...traced, columns };
}
