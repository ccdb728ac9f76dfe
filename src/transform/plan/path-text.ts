import { expressionSql } from './expression.ts';
import type { Leaf, Path } from './traced.ts';

/** In words: how the values that changed rows of a leaf touch are found. */
export function pathText(leaf: Leaf, path: Path): string {
  if (path.kind === 'direct') return plainSql(expressionSql(path.expression, leaf.table));
  const match = plainSql(expressionSql(path.match, path.carrier.table));
  return `${pathText(path.carrier, path.then)} where ${match} is ${pathText(leaf, path.from)}`;
}

/** Without the quotes that most names need not have. */
export function plainSql(sql: string): string {
  return sql.replaceAll(/"([a-z_][a-z0-9_]*)"/g, '$1');
}
