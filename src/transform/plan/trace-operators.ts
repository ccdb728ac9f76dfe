/**
 * Operators over one input or several alike: what each column of theirs is, given the columns below, with the reason why it may be said.
 */
import { isNode, type SqlNode } from '../sql-tree.ts';
import { readExpression } from './expression.ts';
import { COLUMN_OBSTACLES } from './obstacles.ts';
import { traceExpression } from './trace-expression.ts';
import { type Leaf, mergedSources, type Path, type Traced, type TracedColumn, untraced } from './traced.ts';

export function traceProjection(node: SqlNode, input: Traced): Traced {
  const expressions = Array.isArray(node.expressions) ? node.expressions : [];
  return {
    leaves: input.leaves,
    columns: expressions.map((expression) => traceExpression(expression, input)),
  };
}

/** A group with c = v is made of the rows with c = v. */
export function traceAggregate(node: SqlNode, input: Traced): Traced {
  const groups = Array.isArray(node.groups) ? node.groups : [];
  const sets = Array.isArray(node.grouping_sets) ? node.grouping_sets : [];
  const isPlain = sets.length <= 1 && (sets.length === 0 || sets[0].length === groups.length);
  const grouped = groups.map((group) => {
    const column = traceExpression(group, input);
    return isPlain ? column : untraced(column, COLUMN_OBSTACLES.groupings);
  });
  const aggregates = Array.isArray(node.expressions) ? node.expressions : [];
  const computed = aggregates.map((aggregate) => {
    const column = traceExpression(aggregate, input);
    return untraced(column, COLUMN_OBSTACLES.aggregate);
  });
  return { leaves: input.leaves, columns: [...grouped, ...computed] };
}

/** A row's window lies within its partition; so rows with c = v depend on those alone when every partition is of one c. */
export function traceWindow(node: SqlNode, input: Traced): Traced {
  const windows = Array.isArray(node.expressions) ? node.expressions.filter(isNode) : [];
  const isPartition = (column: number) =>
    windows.every((window) =>
      (Array.isArray(window.partitions) ? window.partitions : []).some((partition) => {
        const expression = readExpression(partition);
        return expression?.kind === 'column' && expression.column === column;
      }),
    );
  const columns = input.columns.map((column, i) =>
    isPartition(i) ? column : untraced(column, COLUMN_OBSTACLES.partition),
  );
  const computed = windows.map((window) => untraced(traceExpression(window, input), COLUMN_OBSTACLES.window));
  return { leaves: input.leaves, columns: [...columns, ...computed] };
}

/** Of rows that agree in all targets one stays; those with c = v stay among themselves when c is a target. */
export function traceDistinct(node: SqlNode, input: Traced): Traced {
  if (node.distinct_type !== 'DISTINCT_ON') return input;
  const targets = Array.isArray(node.distinct_targets) ? node.distinct_targets.map(readExpression) : [];
  const isTarget = (i: number) => targets.some((target) => target?.kind === 'column' && target.column === i);
  const columns = input.columns.map((column, i) =>
    isTarget(i) ? column : untraced(column, COLUMN_OBSTACLES.distinctOn),
  );
  return { leaves: input.leaves, columns };
}

/** Whole rows are compared, so those with c = v meet only each other. */
export function traceSetOperation(inputs: readonly Traced[]): Traced {
  const leaves = inputs.flatMap((input) => input.leaves);
  const width = inputs[0]?.columns.length ?? 0;
  const columns = Array.from({ length: width }, (_, i): TracedColumn => {
    const parts = inputs.map((input) => input.columns[i]);
    const sources = mergedSources(parts);
    const without = parts.find((part) => !part?.touch);
    if (parts.length === 0 || parts.some((part) => !part?.touch))
      return { sources, obstacle: without?.obstacle ?? COLUMN_OBSTACLES.ofQueries };
    return { sources, touch: new Map<Leaf, Path>(parts.flatMap((part) => [...(part?.touch ?? [])])) };
  });
  return { leaves, columns };
}
