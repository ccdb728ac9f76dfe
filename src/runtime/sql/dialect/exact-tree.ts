/** The engine's parse tree as JSON, read and written without rounding: it holds numbers that JavaScript would round. */
import type { TreeValue } from '../../../engine/admit/sql-tree.ts';

/** Long whole numbers stand as texts that no statement can hold: they begin with U+0000. */
export function readTree<T>(json: string): T {
  const exact = json.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}/g, (token) =>
    token.startsWith('"') ? token : `"\\u0000${token}"`,
  );
  return JSON.parse(exact) as T;
}

export function writeTree(tree: TreeValue): string {
  return JSON.stringify(tree).replace(/"\\u0000(-?\d+)"/g, '$1');
}
