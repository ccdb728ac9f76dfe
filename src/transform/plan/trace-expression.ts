/** A column that is computed of others of the same row. */
import {
  coalesceOf,
  columnsIn,
  columnsOfExpression,
  type Expression,
  isNullOfNulls,
  readExpression,
  substitute,
} from './expression.ts';
import { COLUMN_OBSTACLES } from './obstacles.ts';
import {
  columnAt,
  type Leaf,
  mergedSources,
  type Origin,
  type Path,
  type Traced,
  type TracedColumn,
} from './traced.ts';

export function traceExpression(node: unknown, input: Traced): TracedColumn {
  const sources = mergedSources([...columnsIn(node)].map((i) => input.columns[i]));
  const read = readExpression(node);
  if (!read) return { sources, obstacle: COLUMN_OBSTACLES.computed };
  const expression = withValues(read, input);
  const used = columnsOfExpression(expression).map((i) => columnAt(input, i));
  if (used.length === 0) return { sources, obstacle: COLUMN_OBSTACLES.constant };
  const touch = touchOf(expression, input);
  const obstacle = touch
    ? undefined
    : (used.find((column) => column?.obstacle)?.obstacle ?? COLUMN_OBSTACLES.ofSeveral);
  const isPresent = expression.kind === 'column' && columnAt(input, expression.column)?.isPresent;
  return {
    origin: originOf(expression, input),
    touch,
    obstacle,
    sources,
    ...(isPresent ? { isPresent } : {}),
  };
}

/** With the values that are known of the input in the place of what they stand for. */
export function withValues(expression: Expression<number>, input: Traced): Expression<number> {
  const { columns, values = [] } = input;
  return values.reduce(
    (replaced, { alternatives }, i) => withValue(replaced, alternatives, columns.length + i),
    expression,
  );
}

function withValue(
  expression: Expression<number>,
  alternatives: readonly Expression<number>[],
  place: number,
): Expression<number> {
  const inner = (one: Expression<number>) => withValue(one, alternatives, place);
  switch (expression.kind) {
    case 'column':
    case 'constant':
      return expression;
    case 'cast':
      return { ...expression, of: inner(expression.of) };
    case 'call':
      return { ...expression, arguments: expression.arguments.map(inner) };
    case 'coalesce': {
      const first = expression.of.slice(0, alternatives.length);
      if (!sameExpressions(first, alternatives)) return { ...expression, of: expression.of.map(inner) };
      const value: Expression<number> = { kind: 'column', column: place };
      const others = expression.of.slice(alternatives.length);
      return others.length === 0 ? value : coalesceOf([value, ...others]);
    }
  }
}

/** In any order, for all of them that are there are equal. */
function sameExpressions(
  some: readonly Expression<number>[],
  others: readonly Expression<number>[],
): boolean {
  const texts = (of: readonly Expression<number>[]) => of.map((one) => JSON.stringify(one)).sort();
  return JSON.stringify(texts(some)) === JSON.stringify(texts(others));
}

function originOf(expression: Expression<number>, input: Traced): Origin | undefined {
  const origins = columnsOfExpression(expression).map((i) => columnAt(input, i)?.origin);
  const leaf = origins[0]?.leaf;
  if (!isNullOfNulls(expression) || !leaf || origins.some((origin) => origin?.leaf !== leaf))
    return undefined;
  const composed = substitute(expression, (i) => columnAt(input, i)?.origin?.expression);
  return composed && { leaf, expression: composed };
}

/** Rows with f(c, d) = v are those with c = x and d = y for all x, y that give v; so all of these are touched together. */
export function touchOf(expression: Expression<number>, input: Traced): ReadonlyMap<Leaf, Path> | undefined {
  const touch = new Map<Leaf, Path>();
  for (const leaf of input.leaves) {
    const path = pathOf(expression, (i) => columnAt(input, i)?.touch?.get(leaf));
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
    return path && pathOfComputed(path, (value) => substitute(expression, () => value));
  }
  const composed = substitute(expression, (i) => {
    const path = pathOfColumn(i);
    return path?.kind === 'direct' ? path.expression : undefined;
  });
  return composed && { kind: 'direct', expression: composed };
}

/** The path of what is computed of the path's values. */
export function pathOfComputed(
  path: Path,
  compose: (value: Expression<string>) => Expression<string> | undefined,
): Path | undefined {
  if (path.kind === 'direct') {
    const expression = compose(path.expression);
    return expression && { kind: 'direct', expression };
  }
  const then = pathOfComputed(path.then, compose);
  return then && { ...path, then };
}
