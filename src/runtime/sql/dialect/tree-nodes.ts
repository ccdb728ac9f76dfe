/** Nodes of the engine's parse tree, as rewriting makes them. */
import { isNode, type TreeNode, type TreeValue } from '../../../engine/admit/sql-tree.ts';

/** The engine's "no place". It is a text here as all long numbers are, see `exact-tree.ts`. */
const NO_PLACE = '\u000018446744073709551615';

export function textConstant(value: string): TreeNode {
  const type = { id: 'VARCHAR', type_info: null };
  return placed({ class: 'CONSTANT', type: 'VALUE_CONSTANT', value: { type, is_null: false, value } });
}

export function integerConstant(value: number): TreeNode {
  const type = { id: 'INTEGER', type_info: null };
  return placed({ class: 'CONSTANT', type: 'VALUE_CONSTANT', value: { type, is_null: false, value } });
}

export const NULL: TreeNode = placed({
  class: 'CONSTANT',
  type: 'VALUE_CONSTANT',
  value: { type: { id: 'NULL', type_info: null }, is_null: true },
});

export function cast(child: TreeValue, id: string): TreeNode {
  return placed({
    class: 'CAST',
    type: 'OPERATOR_CAST',
    child,
    cast_type: { id, type_info: null },
    try_cast: false,
  });
}

export function call(name: string, ...children: readonly TreeValue[]): TreeNode {
  return placed({
    class: 'FUNCTION',
    type: 'FUNCTION',
    function_name: name,
    schema: '',
    children,
    filter: null,
    order_bys: { type: 'ORDER_MODIFIER', orders: [] },
    distinct: false,
    is_operator: name === '||',
    export_state: false,
    catalog: '',
  });
}

/** The node in the place of another: under its alias. */
export function inPlaceOf(old: TreeNode, node: TreeNode): TreeNode {
  return { ...node, alias: old.alias ?? '', query_location: old.query_location ?? NO_PLACE };
}

export function childrenOf(node: TreeNode): readonly TreeValue[] {
  return Array.isArray(node.children) ? node.children : [];
}

/** The value of a text that stands in the statement; undefined for anything else. */
export function constantText(value: TreeValue | undefined): string | undefined {
  if (!isNode(value) || value.class !== 'CONSTANT' || !isNode(value.value)) return undefined;
  return typeof value.value.value === 'string' ? value.value.value : undefined;
}

function placed(node: TreeNode): TreeNode {
  return { alias: '', query_location: NO_PLACE, ...node };
}
