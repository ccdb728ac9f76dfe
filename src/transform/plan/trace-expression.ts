/** A column that is computed of others of the same row. */
import { columnsIn, columnsOfExpression, type Expression, readExpression, substitute } from './expression.ts';
import {
  type Leaf,
  mergedSources,
  type Origin,
  type Path,
  type Traced,
  type TracedColumn,
} from './traced.ts';

export function traceExpression(node: unknown, input: Traced): TracedColumn {
  const sources = mergedSources([...columnsIn(node)].map((i) => input.columns[i]));
  const expression = readExpression(node);
  if (!expression) return { sources, obstacle: 'it is computed in a way that is not followed' };
  const used = columnsOfExpression(expression).map((i) => input.columns[i]);
  if (used.length === 0) return { sources, obstacle: 'it is a constant' };
  const touch = touchOf(expression, input);
  const obstacle = touch
    ? undefined
    : (used.find((column) => column?.obstacle)?.obstacle ?? 'it is made of columns of several inputs');
  return { origin: originOf(expression, input), touch, obstacle, sources };
}

function originOf(expression: Expression<number>, input: Traced): Origin | undefined {
  const origins = columnsOfExpression(expression).map((i) => input.columns[i]?.origin);
  const leaf = origins[0]?.leaf;
  if (!leaf || origins.some((origin) => origin?.leaf !== leaf)) return undefined;
  const composed = substitute(expression, (i) => input.columns[i]?.origin?.expression);
  return composed && { leaf, expression: composed };
}

/** Rows with f(c, d) = v are those with c = x and d = y for all x, y that give v; so all of these are touched together. */
function touchOf(expression: Expression<number>, input: Traced): ReadonlyMap<Leaf, Path> | undefined {
  const touch = new Map<Leaf, Path>();
  for (const leaf of input.leaves) {
    const path = pathOf(expression, (i) => input.columns[i]?.touch?.get(leaf));
    if (!path) return undefined;
    touch.set(leaf, path);
  }
  return touch;
}

function pathOf(
  expression: Expression<number>,
  pathOfColumn: (column: number) => Path | undefined,
): Path | undefined {
  const columns = new Set(columnsOfExpression(expression));
  const [only] = columns;
  if (columns.size === 1 && only !== undefined) {
    const path = pathOfColumn(only);
    return path && withValue(path, (value) => substitute(expression, () => value));
  }
  const composed = substitute(expression, (i) => {
    const path = pathOfColumn(i);
    return path?.kind === 'direct' ? path.expression : undefined;
  });
  return composed && { kind: 'direct', expression: composed };
}

/** The path of what is computed of the path's values. */
export function withValue(
  path: Path,
  compose: (value: Expression<string>) => Expression<string> | undefined,
): Path | undefined {
  if (path.kind === 'direct') {
    const expression = compose(path.expression);
    return expression && { kind: 'direct', expression };
  }
  const then = withValue(path.then, compose);
  return then && { ...path, then };
}
