/** Where Postgres and the engine would read the same words differently, or the engine not at all. */
import { isNode, type TreeNode, type TreeValue, textOf } from '../../../engine/admit/sql-tree.ts';
import type { RewriteRule } from './rewrite-tree.ts';
import {
  call,
  cast,
  childrenOf,
  constantText,
  inPlaceOf,
  integerConstant,
  NULL,
  textConstant,
} from './tree-nodes.ts';

/** Operators of Postgres that the engine does not know. */
export const POSTGRES_OPERATORS = ['~*', '!~*'] as const;

/** Set-returning functions in a list of columns make rows, as `unnest` does in both. */
const SERIES = new Set(['generate_series']);
const SCALAR_SERIES = new Set(['generate_series', 'unnest', 'generate_subscripts']);
/** Vectors of the catalog whose items are counted from 0. */
const FROM_ZERO = new Set(['indkey', 'indoption', 'indclass', 'indcollation', 'proargtypes', 'tgattr']);

/** `a ~ b` looks for a match anywhere in the text; to the engine it is a match of the whole. */
export const regexRule: RewriteRule = (node, context) => {
  if (node.class === 'FUNCTION') {
    const name = textOf(node.function_name);
    if (name === '~*') return matches(node, 'i');
    if (name === '!~*') return not(node, matches(node, 'i'));
    if (name === 'regexp_full_match' && context.textAt(node).startsWith('~')) return matches(node, '');
  }
  if (node.class === 'OPERATOR' && node.type === 'OPERATOR_NOT' && context.textAt(node).startsWith('!~')) {
    const [inner] = childrenOf(node);
    if (isNode(inner) && textOf(inner.function_name) === 'regexp_full_match')
      return { ...node, children: [matches(inner, '')] };
  }
  return node;
};

function matches(node: TreeNode, options: string): TreeNode {
  return inPlaceOf(node, call('regexp_matches', ...childrenOf(node), textConstant(options)));
}

function not(old: TreeNode, child: TreeNode): TreeNode {
  return inPlaceOf(old, { class: 'OPERATOR', type: 'OPERATOR_NOT', children: [{ ...child, alias: '' }] });
}

/** `select generate_series(1, 3)` gives rows, and `from generate_series(1, 3) n` a column called n. */
export const seriesRule: RewriteRule = (node) => {
  if (node.type === 'SELECT_NODE' && Array.isArray(node.select_list)) {
    const list = node.select_list.map(asRows);
    return list.some((item, i) => item !== (node.select_list as readonly TreeValue[])[i])
      ? { ...node, select_list: list }
      : node;
  }
  if (node.type !== 'TABLE_FUNCTION' || !isNode(node.function)) return node;
  const alias = textOf(node.alias);
  const names = node.column_name_alias;
  const isScalar = SCALAR_SERIES.has(textOf(node.function.function_name).toLowerCase());
  if (!isScalar || alias === '' || !Array.isArray(names) || names.length > 0) return node;
  return { ...node, column_name_alias: [alias] };
};

function asRows(item: TreeValue): TreeValue {
  if (!isNode(item) || item.class !== 'FUNCTION') return item;
  if (!SERIES.has(textOf(item.function_name).toLowerCase())) return item;
  return inPlaceOf(item, call('unnest', { ...item, alias: '' }));
}

/** `indkey[0]` is the first of its columns. */
export const vectorRule: RewriteRule = (node) => {
  if (node.class !== 'OPERATOR' || node.type !== 'ARRAY_EXTRACT') return node;
  const [list, index] = childrenOf(node);
  if (!isNode(list) || list.class !== 'COLUMN_REF' || index === undefined) return node;
  const names = Array.isArray(list.column_names) ? list.column_names : [];
  if (!FROM_ZERO.has(String(names.at(-1)).toLowerCase())) return node;
  return { ...node, children: [list, call('+', index, integerConstant(1))] };
};

/** `'{1,2}'::bigint[]`: the engine writes its lists with square brackets. */
export const arrayTextRule: RewriteRule = (node) => {
  if (node.class !== 'CAST' || !isNode(node.cast_type) || node.cast_type.id !== 'LIST') return node;
  const text = constantText(node.child)?.trim();
  if (text === undefined) return node;
  if (/^\{[^"\\{}]*\}$/.test(text)) return { ...node, child: textConstant(`[${text.slice(1, -1)}]`) };
  const items = quotedItems(text);
  return items
    ? {
        ...node,
        child: call('list_value', ...items.map((item) => (item === null ? NULL : textConstant(item)))),
      }
    : node;
};

/** Items of `{a,"b, c",NULL}`; undefined for what is no flat list. */
export function quotedItems(text: string): readonly (string | null)[] | undefined {
  const item = /\s*(?:"((?:[^"\\]|\\[\s\S])*)"|((?:[^"\\{},]|\\[\s\S])+))\s*(,|\}$)/y;
  const items: (string | null)[] = [];
  item.lastIndex = 1;
  if (!text.startsWith('{')) return undefined;
  for (;;) {
    const match = item.exec(text);
    if (!match) return undefined;
    const [, quoted, plain = '', end] = match;
    const isNull = quoted === undefined && /^null$/i.test(plain.trim());
    items.push(isNull ? null : (quoted ?? plain.trim()).replace(/\\([\s\S])/g, '$1'));
    if (end !== ',') return items;
  }
}

/** Schemas and collations of Postgres' own catalog, which the engine has under other names. */
export const schemaRule: RewriteRule = (node) => {
  if (
    node.class === 'COLLATE' &&
    /^(pg_catalog\.)?(default|c|posix|ucs_basic)$/i.test(textOf(node.collation))
  )
    return isNode(node.child) ? inPlaceOf(node, node.child) : node;
  if (node.class === 'FUNCTION' && /^(pg_catalog|information_schema)$/i.test(textOf(node.schema)))
    return { ...node, schema: '' };
  return node;
};

/** Functions that are called otherwise here, and do the same. */
const RENAMED: Readonly<Record<string, string>> = {
  json_build_object: 'json_object',
  jsonb_build_object: 'json_object',
  json_build_array: 'json_array',
  jsonb_build_array: 'json_array',
  json_agg: 'json_group_array',
  jsonb_agg: 'json_group_array',
  json_object_agg: 'json_group_object',
  jsonb_object_agg: 'json_group_object',
  to_jsonb: 'to_json',
  every: 'bool_and',
  char_length: 'length',
};

/** Where any type may stand, a parameter that nobody gave a type is a text. */
const TAKES_ANYTHING = new Set(['json_object', 'json_array', 'concat', 'concat_ws', 'format']);

function withTextParameters(node: TreeNode): TreeNode {
  const children = childrenOf(node);
  if (!children.some(isParameter)) return node;
  return {
    ...node,
    children: children.map((child) => (isParameter(child) ? cast(child, 'VARCHAR') : child)),
  };
}

function isParameter(value: TreeValue): boolean {
  return isNode(value) && value.class === 'PARAMETER';
}

export const RENAMED_FUNCTIONS: readonly string[] = Object.keys(RENAMED);

export const renameRule: RewriteRule = (node) => {
  const name = textOf(node.function_name).toLowerCase();
  if (node.class !== 'FUNCTION' && node.class !== 'WINDOW') return node;
  const renamed = Object.hasOwn(RENAMED, name) ? { ...node, function_name: RENAMED[name] } : node;
  return TAKES_ANYTHING.has(textOf(renamed.function_name)) ? withTextParameters(renamed) : renamed;
};

/**
 * The macro that answers for `value = any($1)`: so the engine knows the parameter's type. A list with a null in it that does not hold the
 * value gives false here, and null in Postgres.
 */
export const IS_ANY = '_is_any';
export const IS_ANY_MACRO = `${IS_ANY}(list, value) as case when value is null then null else list_contains(list, value) end`;

export const anyRule: RewriteRule = (node) => {
  if (node.class !== 'SUBQUERY' || node.subquery_type !== 'ANY' || node.comparison_type !== 'COMPARE_EQUAL')
    return node;
  const select = isNode(node.subquery) && isNode(node.subquery.node) ? node.subquery.node : {};
  const [item, ...others] = Array.isArray(select.select_list) ? select.select_list : [];
  if (
    !isNode(item) ||
    others.length > 0 ||
    textOf(item.function_name) !== 'unnest' ||
    node.child === undefined
  )
    return node;
  const [list] = childrenOf(item);
  const text = constantText(list)?.trim();
  if (text !== undefined) return anyOfText(node, node.child, text);
  if (!isNode(list) || list.class !== 'PARAMETER') return node;
  return inPlaceOf(node, call(IS_ANY, list, node.child));
};

/** `value = any('{1,2}')`: the items are constants, of the value's type. */
function anyOfText(node: TreeNode, value: TreeValue, text: string): TreeNode {
  if (/^\{\s*\}$/.test(text)) return inPlaceOf(node, cast(textConstant('false'), 'BOOLEAN'));
  const items = quotedItems(text)?.map((item) => (item === null ? NULL : textConstant(item)));
  return items
    ? inPlaceOf(node, { class: 'OPERATOR', type: 'COMPARE_IN', children: [value, ...items] })
    : node;
}

/** The columns of `values` are called column1, column2, ... where nobody names them. */
export const valuesRule: RewriteRule = (node) => {
  if (node.type !== 'EXPRESSION_LIST' || !Array.isArray(node.values)) return node;
  const [first] = node.values;
  if (!Array.isArray(first) || !Array.isArray(node.expected_names) || node.expected_names.length > 0)
    return node;
  return { ...node, expected_names: first.map((_, i) => `column${i + 1}`) };
};

/** Tools put names that are words of the language into quotes; those that every SQL has they know themselves. */
const KEYWORDS =
  'select,analyse,analyze,binary,concurrently,freeze,ilike,isnull,lateral,limit,notnull,offset,placing,returning,variadic,verbose';

/** Functions of the catalog that give rows: the list that stands for them, and the name of its column. */
const TABLES: Readonly<
  Record<string, { readonly column: string; list(children: readonly TreeValue[]): TreeNode }>
> = {
  pg_partition_ancestors: {
    column: 'relid',
    list: ([relation]) => call('list_value', cast(relation ?? textConstant('0'), 'BIGINT')),
  },
  pg_get_keywords: {
    column: 'word',
    list: () => call('string_split', textConstant(KEYWORDS), textConstant(',')),
  },
};

export const TABLE_FUNCTION_NAMES: readonly string[] = Object.keys(TABLES);

export const tableFunctionRule: RewriteRule = (node) => {
  if (node.type !== 'TABLE_FUNCTION' || !isNode(node.function)) return node;
  const name = textOf(node.function.function_name).toLowerCase();
  const table = Object.hasOwn(TABLES, name) ? TABLES[name] : undefined;
  if (!table) return node;
  const names = Array.isArray(node.column_name_alias) ? node.column_name_alias : [];
  const list = table.list(childrenOf(node.function));
  return {
    ...node,
    alias: textOf(node.alias) || name,
    function: call('unnest', list),
    column_name_alias: names.length > 0 ? names : [table.column],
  };
};
