/**
 * `doc #> '{a,0,b}'` and `doc #>> '{a,0,b}'`: what stands at a path in JSON. The engine cannot read these operators, so it is given its arrows
 * in their place, as long as they are; where the statement says `#`, the arrow is told again as the steps of the path.
 */
import { WharfError } from '../../../base/errors.ts';
import { type TreeNode, type TreeValue, textOf } from '../../../engine/admit/sql-tree.ts';
import { quotedItems } from './postgres-rules.ts';
import type { RewriteRule } from './rewrite-tree.ts';
import { call, childrenOf, constantText, inPlaceOf, textConstant } from './tree-nodes.ts';

/** Quoted text, names and comments, each as a whole; then the operators. */
const TOKENS =
  /--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$|\be'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|#>/gi;
const WHOLE = /^-?\d{1,9}$/;

/** The statement with `->` for `#>`; places stay what they were. */
export function withPathArrows(sql: string): string {
  return sql.includes('#>') ? sql.replace(TOKENS, (token) => (token === '#>' ? '->' : token)) : sql;
}

export const pathRule: RewriteRule = (node, context) => {
  const name = textOf(node.function_name);
  if (node.class !== 'FUNCTION' || !name.startsWith('->') || !context.textAt(node).startsWith('#>'))
    return node;
  const [document, path] = childrenOf(node);
  const items = quotedItems(constantText(path)?.trim() ?? '') ?? emptyPath(path);
  if (document === undefined || !items?.every(isKey)) throw refused(name);
  const read = name === '->>' ? 'json_extract_string' : 'json_extract';
  const last = items.at(-1);
  const inner = items.slice(0, -1).reduce((value, item) => step('json_extract', value, item), document);
  return inPlaceOf(
    node,
    last === undefined ? call(read, document, textConstant('$')) : step(read, inner, last),
  );
};

function emptyPath(path: TreeValue | undefined): readonly string[] | undefined {
  return /^\s*\{\s*\}\s*$/.test(constantText(path) ?? '') ? [] : undefined;
}

/** What the engine's paths can name. */
function isKey(item: string | null): item is string {
  return item !== null && !/["\\]/.test(item);
}

/** A number is an index where there is an array, and a name where there is an object. */
function step(read: string, value: TreeValue, item: string): TreeNode {
  const member = call(read, value, textConstant(`$."${item}"`));
  if (!WHOLE.test(item)) return member;
  const index = Number(item);
  const place = call(read, value, textConstant(index < 0 ? `$[#${index}]` : `$[${index}]`));
  return inPlaceOf({}, { class: 'OPERATOR', type: 'OPERATOR_COALESCE', children: [place, member] });
}

function refused(arrow: string): WharfError {
  return new WharfError(
    'SQL_REFUSED',
    `The operator "${arrow.replace('-', '#')}" takes a path that stands in the statement.`,
    {
      hint: `Write the path as a constant: doc ${arrow.replace('-', '#')} '{a,b}'; or one step at a time: doc -> $1 ->> $2.`,
      details: { sqlState: '0A000' },
    },
  );
}
