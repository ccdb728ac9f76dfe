/**
 * Statements that ask for the row of one key and compute nothing: `select a, b from t where key = $1`. Any other form is not recognised:
 * every member of the parse tree that could change the answer must be what it is in the plain form.
 */
import {
  isNode,
  type ParsedSql,
  type TreeNode,
  type TreeValue,
  textOf,
} from '../../../engine/admit/sql-tree.ts';

export type KeyQuestionItem =
  | { readonly kind: 'all' }
  | { readonly kind: 'column'; readonly name: string; readonly alias: string }
  | { readonly kind: 'one'; readonly alias: string };

/** Names are as they were written. */
export interface KeyQuestion {
  readonly items: readonly KeyQuestionItem[];
  /** Columns that equal a parameter; the parameters count from 1. */
  readonly wanted: readonly { readonly column: string; readonly param: number }[];
}

type Members = Readonly<Record<string, (value: TreeValue | undefined) => boolean>>;

const isNull = (value: TreeValue | undefined) => value === null;
const isEmptyList = (value: TreeValue | undefined) => Array.isArray(value) && value.length === 0;
const isAny = () => true;
const is = (expected: TreeValue) => (value: TreeValue | undefined) => value === expected;

const STATEMENT: Members = { node: isNode, named_param_map: isAny };
const SELECT: Members = {
  type: is('SELECT_NODE'),
  modifiers: isEmptyList,
  cte_map: (value) => isNode(value) && isEmptyList(value.map),
  select_list: Array.isArray,
  from_table: isNode,
  where_clause: isNode,
  group_expressions: isEmptyList,
  group_sets: isEmptyList,
  aggregate_handling: is('STANDARD_HANDLING'),
  having: isNull,
  sample: isNull,
  qualify: isNull,
};
const TABLE: Members = {
  type: is('BASE_TABLE'),
  alias: isAny,
  sample: isNull,
  query_location: isAny,
  schema_name: isAny,
  table_name: isAny,
  column_name_alias: isEmptyList,
  catalog_name: isAny,
  at_clause: isNull,
};
const STAR: Members = {
  class: is('STAR'),
  type: is('STAR'),
  alias: is(''),
  query_location: isAny,
  relation_name: is(''),
  exclude_list: isEmptyList,
  replace_list: isEmptyList,
  columns: is(false),
  expr: isNull,
  qualified_exclude_list: isEmptyList,
  rename_list: isEmptyList,
};
const COLUMN: Members = {
  class: is('COLUMN_REF'),
  type: is('COLUMN_REF'),
  alias: isAny,
  query_location: isAny,
  column_names: Array.isArray,
};
const CONSTANT: Members = {
  class: is('CONSTANT'),
  type: is('VALUE_CONSTANT'),
  alias: isAny,
  query_location: isAny,
  value: isOne,
};
const EQUALITY: Members = {
  class: is('COMPARISON'),
  type: is('COMPARE_EQUAL'),
  alias: isAny,
  query_location: isAny,
  left: isNode,
  right: isNode,
};
const BOTH: Members = {
  class: is('CONJUNCTION'),
  type: is('CONJUNCTION_AND'),
  alias: isAny,
  query_location: isAny,
  children: Array.isArray,
};
const PARAMETER: Members = {
  class: is('PARAMETER'),
  type: is('VALUE_PARAMETER'),
  alias: isAny,
  query_location: isAny,
  identifier: (value) => typeof value === 'string' && /^[1-9]\d{0,3}$/.test(value),
};

/** Undefined for a statement of any other form. */
export function keyQuestion({ statements = [] }: ParsedSql): KeyQuestion | undefined {
  const [statement, ...others] = statements;
  const select = others.length > 0 ? undefined : fitting(fitting(statement, STATEMENT)?.node, SELECT);
  const from = fitting(select?.from_table, TABLE);
  if (!select || !from) return undefined;
  const table = textOf(from.alias) || textOf(from.table_name);
  const items = nodesOf(select.select_list).map((node) => itemOf(node, table));
  const wanted = conditionsOf(select.where_clause).map((node) => equalityOf(node, table));
  return isWhole(items) && isWhole(wanted) ? { items, wanted } : undefined;
}

function itemOf(node: TreeNode, table: string): KeyQuestionItem | undefined {
  if (fitting(node, STAR)) return { kind: 'all' };
  const alias = textOf(node.alias);
  if (fitting(node, CONSTANT)) return { kind: 'one', alias };
  const name = columnOf(node, table);
  return name === undefined ? undefined : { kind: 'column', name, alias };
}

function equalityOf(node: TreeNode, table: string): KeyQuestion['wanted'][0] | undefined {
  const equality = fitting(node, EQUALITY);
  const sides = [equality?.left, equality?.right];
  for (const [one, other] of [sides, sides.toReversed()]) {
    const column = columnOf(one, table);
    const param = fitting(other, PARAMETER);
    if (column !== undefined && param) return { column, param: Number(param.identifier) };
  }
  return undefined;
}

function conditionsOf(where: TreeValue | undefined): readonly TreeNode[] {
  if (!isNode(where)) return [];
  const both = fitting(where, BOTH);
  return both ? nodesOf(both.children) : [where];
}

/** `id`, or `t.id` of the one table. */
function columnOf(node: TreeValue | undefined, table: string): string | undefined {
  const found = fitting(node, COLUMN)?.column_names;
  const names = Array.isArray(found) ? found.map(textOf) : [];
  const [first, second] = names;
  if (names.length === 1) return first;
  return names.length === 2 && first?.toLowerCase() === table.toLowerCase() ? second : undefined;
}

/** The constant that statements select when they only ask whether a row is there. */
function isOne(value: TreeValue | undefined): boolean {
  if (!isNode(value) || value.is_null !== false || value.value !== 1) return false;
  return isNode(value.type) && value.type.id === 'INTEGER' && isNull(value.type.type_info);
}

/** The node if it has these members, each as it must be, and no other. */
function fitting(node: TreeValue | undefined, members: Members): TreeNode | undefined {
  if (!isNode(node)) return undefined;
  const names = Object.keys(node);
  const isFitting =
    names.length === Object.keys(members).length &&
    names.every((name) => members[name]?.(node[name]) === true);
  return isFitting ? node : undefined;
}

function nodesOf(value: TreeValue | undefined): readonly TreeNode[] {
  return Array.isArray(value) ? value.map((item) => (isNode(item) ? item : {})) : [];
}

function isWhole<T>(items: readonly (T | undefined)[]): items is readonly T[] {
  return items.length > 0 && !items.includes(undefined);
}
