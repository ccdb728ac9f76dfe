/** `format('%I.%I', a, b)`: Postgres' way of putting a text together. The engine's own has `{}` in it, and stays what it is. */
import type { TreeNode, TreeValue } from '../../../engine/admit/sql-tree.ts';
import { textOf } from '../../../engine/admit/sql-tree.ts';
import type { RewriteRule } from './rewrite-tree.ts';
import { call, cast, childrenOf, constantText, inPlaceOf, textConstant } from './tree-nodes.ts';

const PART = /%%|%[sIL]|[^%]+/g;

export const textFormatRule: RewriteRule = (node) => {
  if (node.class !== 'FUNCTION' || textOf(node.function_name).toLowerCase() !== 'format') return node;
  const [format, ...values] = childrenOf(node);
  const text = constantText(format);
  if (text === undefined || !/%[sIL%]/.test(text) || text.replace(PART, '') !== '') return node;
  let next = 0;
  const parts = [...text.matchAll(PART)].map(([part]): TreeNode => {
    if (part === '%%' || !part.startsWith('%')) return textConstant(part === '%%' ? '%' : part);
    return valueText(part, values[next++] ?? textConstant(''));
  });
  return inPlaceOf(node, call('concat', ...parts));
};

function valueText(part: string, value: TreeValue): TreeNode {
  if (part === '%s') return cast(value, 'VARCHAR');
  return call(part === '%I' ? 'quote_ident' : 'quote_literal', cast(value, 'VARCHAR'));
}
