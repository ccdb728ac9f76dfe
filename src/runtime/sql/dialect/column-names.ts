/** What Postgres calls the columns of a statement that have no name of their own: `count`, `?column?`, `case`. */

import { isNode, type TreeNode, type TreeValue, textOf } from '../../../engine/admit/sql-tree.ts';
import type { ColumnNames } from '../../../engine/column-names.ts';
import { pgTypeOf } from '../../../schema/pg-type.ts';
import type { RewriteContext } from './rewrite-tree.ts';
import { isSessionWord } from './session-values.ts';
import { childrenOf } from './tree-nodes.ts';

const UNNAMED = '?column?';

export function columnNames(statement: TreeNode, context: RewriteContext): ColumnNames {
  const list = firstSelectList(statement.node);
  const names = list.map((item) => (isNode(item) ? ownName(item, context) : undefined));
  const first = list.findIndex(holdsStar);
  if (first < 0) return { head: names, tail: [] };
  const last = list.findLastIndex(holdsStar);
  return { head: names.slice(0, first), tail: names.slice(last + 1) };
}

/** Those of the leftmost SELECT. */
function firstSelectList(node: TreeValue | undefined): readonly TreeValue[] {
  for (let at = node; isNode(at); at = at.left ?? firstChild(at) ?? at.child) {
    if (Array.isArray(at.select_list)) return at.select_list;
  }
  return [];
}

function firstChild(node: TreeNode): TreeValue | undefined {
  return Array.isArray(node.children) ? node.children[0] : undefined;
}

/** Undefined where the item has an alias, or is a column. */
function ownName(item: TreeNode, context: RewriteContext): string | undefined {
  if (textOf(item.alias) !== '' || item.class === 'STAR') return undefined;
  if (item.class === 'COLUMN_REF') return sessionWord(item);
  return figuredName(item, context)?.name ?? UNNAMED;
}

/** Columns have names already; `current_date` is none. */
function sessionWord({ column_names: names }: TreeNode): string | undefined {
  const [name, ...others] = Array.isArray(names) ? names : [];
  const word = typeof name === 'string' && others.length === 0 ? name.toLowerCase() : '';
  return isSessionWord(word) ? word : undefined;
}

/** A weak name gives way to a better one further out. */
interface Figured {
  readonly name: string;
  readonly isWeak: boolean;
}

function figuredName(item: TreeNode, context: RewriteContext): Figured | undefined {
  switch (item.class) {
    case 'COLUMN_REF':
      return strong(String((Array.isArray(item.column_names) ? item.column_names : []).at(-1)));
    case 'FUNCTION':
    case 'WINDOW':
      return functionName(item, context);
    case 'CAST':
      return castName(item, context);
    case 'COLLATE':
      return isNode(item.child) ? figuredName(item.child, context) : undefined;
    case 'CASE': {
      const inner = isNode(item.else_expr) ? figuredName(item.else_expr, context) : undefined;
      return inner && !inner.isWeak ? inner : { name: 'case', isWeak: true };
    }
    case 'SUBQUERY':
      return subqueryName(item, context);
    case 'OPERATOR':
      return operatorName(item, context);
    default:
      return undefined;
  }
}

function strong(name: string): Figured {
  return { name, isWeak: false };
}

/** As it is written: the engine has other names for some. */
function functionName(item: TreeNode, context: RewriteContext): Figured | undefined {
  if (item.is_operator === true) return undefined;
  const written = context.textAt(item);
  if (/^(~|!|\[|\()/.test(written)) return undefined;
  const name =
    /^(?:pg_catalog\s*\.\s*|information_schema\s*\.\s*)?([a-z_]\w*)/i.exec(written)?.[1] ??
    textOf(item.function_name);
  return strong(name.toLowerCase());
}

function castName(item: TreeNode, context: RewriteContext): Figured | undefined {
  const inner = isNode(item.child) ? figuredName(item.child, context) : undefined;
  if (inner && !inner.isWeak) return inner;
  if (!isNode(item.cast_type)) return undefined;
  const info = isNode(item.cast_type.type_info) ? item.cast_type.type_info : {};
  const type = item.cast_type.id === 'UNBOUND' ? textOf(info.name) : textOf(item.cast_type.id);
  const known = pgTypeOf(type.toUpperCase());
  const name = known.name === 'text' && !/^(text|varchar)$/i.test(type) ? type.toLowerCase() : known.name;
  return { name, isWeak: true };
}

function subqueryName(item: TreeNode, context: RewriteContext): Figured | undefined {
  if (item.subquery_type === 'EXISTS' || item.subquery_type === 'NOT_EXISTS') return strong('exists');
  if (item.subquery_type !== 'SCALAR' || !isNode(item.subquery)) return undefined;
  if (/^array\b/i.test(context.textAt(item))) return strong('array');
  const [first] = firstSelectList(item.subquery.node);
  if (!isNode(first)) return undefined;
  const alias = textOf(first.alias);
  return alias === '' ? figuredName(first, context) : strong(alias);
}

function operatorName(item: TreeNode, context: RewriteContext): Figured | undefined {
  const [first, second] = childrenOf(item);
  switch (item.type) {
    case 'OPERATOR_COALESCE':
      return strong('coalesce');
    case 'OPERATOR_NULLIF':
      return strong('nullif');
    case 'ARRAY_CONSTRUCTOR':
      return strong('array');
    case 'STRUCT_EXTRACT':
      return isNode(second) && isNode(second.value) ? strong(String(second.value.value)) : undefined;
    case 'ARRAY_EXTRACT':
    case 'ARRAY_SLICE':
      return isNode(first) ? figuredName(first, context) : undefined;
    default:
      return undefined;
  }
}

function holdsStar(value: TreeValue): boolean {
  if (Array.isArray(value)) return value.some(holdsStar);
  if (!isNode(value)) return false;
  if (value.class === 'STAR') return true;
  // A star inside of a subquery is its own affair.
  return (
    value.class !== 'SUBQUERY' &&
    Object.values(value).some((child) => child !== undefined && holdsStar(child))
  );
}
