/**
 * `a and doc ->> 'x' = 'y' or b`: to Postgres the arrow binds tighter than comparisons and conjunctions. The engine takes all that
 * stands before it for its left side, and reads `((a and doc) ->> 'x') = 'y' or b`. The operators on both sides of the arrow are put
 * together again by their strength.
 */
import { isNode, type TreeNode, type TreeValue, textOf } from '../../../engine/admit/sql-tree.ts';
import { call, childrenOf, inPlaceOf } from './tree-nodes.ts';

/** An operator with one of its operands taken out. */
interface Edge {
  readonly strength: number;
  fill(operand: TreeValue): TreeNode;
}

interface Edged {
  readonly leaf: TreeValue;
  /** From the leaf outwards. */
  readonly edges: readonly Edge[];
}

const LIKE = new Set(['~~', '!~~', '~~*', '!~~*', '~*', '!~*', 'like_escape', 'ilike_escape']);
const [OR, AND, NOT, COMPARES] = [0, 1, 2, 3];

/** The tree with its arrows where Postgres has them; the same value where they are already. */
export function withTightArrows(value: TreeValue): TreeValue {
  if (Array.isArray(value)) {
    const items = value.map(withTightArrows);
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  if (!isNode(value)) return value;
  let node = tightened(value) ?? value;
  for (const [name, child] of Object.entries(node)) {
    if (child === undefined) continue;
    const next = withTightArrows(child);
    if (next !== child) node = { ...node, [name]: next };
  }
  return node;
}

/** Of the outermost operator on whose left edge a loose arrow stands; undefined for all others. */
function tightened(node: TreeNode): TreeNode | undefined {
  const path = takeEdges(node, leftEdge);
  const arrow = isNode(path.leaf) ? arrowOf(path.leaf) : undefined;
  if (!arrow || !isNode(path.leaf)) return undefined;
  const left = takeEdges(arrow.left, rightEdge);
  const right = takeEdges(arrow.right, leftEdge);
  if (left.edges.length === 0 && right.edges.length === 0 && path.leaf.class === 'FUNCTION') return undefined;
  let whole: TreeNode = inPlaceOf(path.leaf, {
    ...call(arrow.name, left.leaf, right.leaf),
    is_operator: true,
  });
  const [before, after] = [[...left.edges], [...right.edges, ...path.edges]];
  while (before.length > 0 || after.length > 0) {
    const isLeft = (before[0]?.strength ?? -1) >= (after[0]?.strength ?? -1);
    whole = ((isLeft ? before : after).shift() as Edge).fill(whole);
  }
  // An alias is the whole's, wherever the engine put it.
  return { ...whole, alias: node.alias ?? '' };
}

function arrowOf(
  node: TreeNode,
): { readonly name: string; readonly left: TreeValue; readonly right: TreeValue } | undefined {
  // Where a name stands before it, the engine takes `->` for a function of that name until it knows better.
  if (
    node.class === 'LAMBDA' &&
    node.syntax_type !== 'LAMBDA_KEYWORD' &&
    node.lhs !== undefined &&
    node.expr !== undefined
  )
    return { name: '->', left: node.lhs, right: node.expr };
  if (node.class !== 'FUNCTION' || !['->', '->>'].includes(textOf(node.function_name))) return undefined;
  const [left, right] = childrenOf(node);
  return left === undefined || right === undefined
    ? undefined
    : { name: textOf(node.function_name), left, right };
}

function takeEdges(value: TreeValue, edgeOf: (node: TreeNode) => [TreeValue, Edge] | undefined): Edged {
  const edges: Edge[] = [];
  let leaf = value;
  for (
    let found = isNode(leaf) ? edgeOf(leaf) : undefined;
    found;
    found = isNode(leaf) ? edgeOf(leaf) : undefined
  ) {
    edges.unshift(found[1]);
    leaf = found[0];
  }
  return { leaf, edges };
}

function rightEdge(node: TreeNode): [TreeValue, Edge] | undefined {
  const children = childrenOf(node);
  const last = children.at(-1);
  const withLast = (operand: TreeValue) => ({ ...node, children: [...children.slice(0, -1), operand] });
  if (node.class === 'CONJUNCTION' && last !== undefined)
    return [last, { strength: conjunction(node), fill: withLast }];
  if (node.type === 'OPERATOR_NOT' && last !== undefined) return [last, { strength: NOT, fill: withLast }];
  if (isLike(node) && last !== undefined) return [last, { strength: COMPARES, fill: withLast }];
  if (node.class === 'COMPARISON' && node.right !== undefined)
    return [node.right, { strength: COMPARES, fill: (right) => ({ ...node, right }) }];
  if (node.class === 'BETWEEN' && node.upper !== undefined)
    return [node.upper, { strength: COMPARES, fill: (upper) => ({ ...node, upper }) }];
  return undefined;
}

function leftEdge(node: TreeNode): [TreeValue, Edge] | undefined {
  const [first, ...others] = childrenOf(node);
  const withFirst = (operand: TreeValue) => ({ ...node, children: [operand, ...others] });
  if (node.class === 'CONJUNCTION' && first !== undefined)
    return [first, { strength: conjunction(node), fill: withFirst }];
  const comparesFirst = /^(OPERATOR_IS_NULL|OPERATOR_IS_NOT_NULL|COMPARE_IN|COMPARE_NOT_IN)$/.test(
    textOf(node.type),
  );
  if ((comparesFirst || isLike(node)) && first !== undefined)
    return [first, { strength: COMPARES, fill: withFirst }];
  // `x not like y` is not (x like y): the word stands behind what it is about.
  if (node.type === 'OPERATOR_NOT' && isNode(first) && leftEdge(first))
    return [first, { strength: COMPARES, fill: withFirst }];
  if (node.class === 'COMPARISON' && node.left !== undefined)
    return [node.left, { strength: COMPARES, fill: (left) => ({ ...node, left }) }];
  if (node.class === 'BETWEEN' && node.input !== undefined)
    return [node.input, { strength: COMPARES, fill: (input) => ({ ...node, input }) }];
  if (node.class === 'SUBQUERY' && isNode(node.child))
    return [node.child, { strength: COMPARES, fill: (child) => ({ ...node, child }) }];
  return undefined;
}

function conjunction(node: TreeNode): number {
  return node.type === 'CONJUNCTION_OR' ? OR : AND;
}

function isLike(node: TreeNode): boolean {
  return node.class === 'FUNCTION' && LIKE.has(textOf(node.function_name));
}
