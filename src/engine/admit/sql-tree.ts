/** The engine's own parse tree of a statement (`json_serialize_sql`), as far as admission looks at it. */

export type TreeValue = string | number | boolean | null | TreeNode | readonly TreeValue[];

export interface TreeNode {
  readonly [key: string]: TreeValue | undefined;
}

export interface ParsedSql {
  readonly error: boolean;
  readonly error_type?: string;
  readonly error_message?: string;
  /** UTF-8 bytes from the beginning. */
  readonly position?: string;
  readonly statements?: readonly TreeNode[];
}

export function isNode(value: TreeValue | undefined): value is TreeNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(value: TreeValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Where a node stands, in bytes from the statement's beginning; undefined where the engine does not say. */
export function locationOf(node: TreeNode): number | undefined {
  const location = node.query_location;
  return typeof location === 'number' && location < Number.MAX_SAFE_INTEGER ? location : undefined;
}
