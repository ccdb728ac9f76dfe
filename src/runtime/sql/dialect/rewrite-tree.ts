import { isNode, locationOf, type TreeNode, type TreeValue } from '../../../engine/admit/sql-tree.ts';

/** What a rule may know besides its node. */
export interface RewriteContext {
  /** The text of the statement from the node's place on, a few words of it. */
  textAt(node: TreeNode): string;
  /** Whether `numeric(18,3)` stands in it, which the engine's tree does not tell from `numeric`. */
  readonly saysNumeric18: boolean;
}

/** Gives another node, or the same one; it sees nodes whose children are done. Throws SQL_REFUSED. */
export type RewriteRule = (node: TreeNode, context: RewriteContext) => TreeNode;

const WORDS_LENGTH = 64;

export function rewriteContext(sql: string): RewriteContext {
  const bytes = Buffer.from(sql, 'utf8');
  return {
    saysNumeric18: /\(\s*18\s*,\s*3\s*\)/.test(sql),
    textAt(node) {
      const at = locationOf(node);
      return at === undefined ? '' : bytes.subarray(at, at + WORDS_LENGTH).toString('utf8');
    },
  };
}

/** The same value, not a copy, where no rule had anything to do. */
export function rewriteTree(
  value: TreeValue,
  rules: readonly RewriteRule[],
  context: RewriteContext,
): TreeValue {
  if (Array.isArray(value)) {
    const items = value.map((item) => rewriteTree(item, rules, context));
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  if (!isNode(value)) return value;
  let node = value;
  for (const [name, child] of Object.entries(value)) {
    if (child === undefined) continue;
    const next = rewriteTree(child, rules, context);
    if (next !== child) node = { ...node, [name]: next };
  }
  return rules.reduce((current, rule) => rule(current, context), node);
}
