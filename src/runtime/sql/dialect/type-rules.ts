/** Types of Postgres that the engine knows under another name, or not at all. */
import { isNode, type TreeNode, type TreeValue, textOf } from '../../../engine/admit/sql-tree.ts';
import type { RewriteRule } from './rewrite-tree.ts';
import { call, constantText, inPlaceOf } from './tree-nodes.ts';

const TEXT = { id: 'VARCHAR', type_info: null };
const NUMBER = { id: 'BIGINT', type_info: null };

/** By Postgres' name; the engine's own types are not among them. */
const TYPES: Readonly<Record<string, TreeNode>> = {
  name: TEXT,
  bpchar: TEXT,
  char: TEXT,
  text: TEXT,
  citext: TEXT,
  cstring: TEXT,
  inet: TEXT,
  regproc: TEXT,
  regprocedure: TEXT,
  aclitem: TEXT,
  pg_node_tree: TEXT,
  sql_identifier: TEXT,
  character_data: TEXT,
  yes_or_no: TEXT,
  oid: NUMBER,
  xid: NUMBER,
  cardinal_number: NUMBER,
  money: {
    id: 'DECIMAL',
    type_info: { type: 'DECIMAL_TYPE_INFO', alias: '', extension_info: null, width: 19, scale: 2 },
  },
  int2vector: listOf(NUMBER),
  oidvector: listOf(NUMBER),
};

/** Objects of the catalog by name: `'flights.departures'::regclass`; each with a function to their number and one to their name. */
const REFERENCES: Readonly<Record<string, { readonly number: string; readonly name: string }>> = {
  regclass: { number: 'to_regclass', name: '_regclass_name' },
  regtype: { number: 'to_regtype', name: '_regtype_name' },
  regnamespace: { number: 'to_regnamespace', name: '_regnamespace_name' },
  regrole: { number: '_regrole', name: 'pg_get_userbyid' },
};

/** What gives a name, where a number could stand too. */
const TEXT_FUNCTIONS = new Set(['format', 'concat', '||', 'quote_ident']);

/** Functions that only these rules call. */
export const REFERENCE_FUNCTIONS: readonly string[] = Object.values(REFERENCES).flatMap(
  ({ number, name }) => [number, name],
);

function listOf(child: TreeNode): TreeNode {
  const type_info = { type: 'LIST_TYPE_INFO', alias: '', extension_info: null, child_type: child };
  return { id: 'LIST', type_info };
}

const NUMERIC_DIGITS = 38;
const NUMERIC_SCALE = 10;

/**
 * `numeric` without a scale holds any number exactly in Postgres, and three digits after the point to the engine: here it holds those of
 * a value that stands in the statement, and ten of any other. What the author wrote as (18,3) looks the same, and is told by the text.
 */
export const numericRule: RewriteRule = (node, context) => {
  if (node.class !== 'CAST' || !isNode(node.cast_type) || context.saysNumeric18) return node;
  const type = exactType(node.cast_type, constantScale(node.child) ?? NUMERIC_SCALE);
  return type === node.cast_type ? node : { ...node, cast_type: type };
};

/** Types of constants are none of its business: their values are counted in these. */
function exactType(type: TreeNode, scale: number): TreeNode {
  if (isBareNumeric(type)) return decimalType(scale);
  if (type.id !== 'LIST' || !isNode(type.type_info) || !isNode(type.type_info.child_type)) return type;
  const child = exactType(type.type_info.child_type, NUMERIC_SCALE);
  return child === type.type_info.child_type ? type : listOf(child);
}

function isBareNumeric({ id, type_info: info }: TreeNode): boolean {
  return id === 'DECIMAL' && isNode(info) && info.width === 18 && info.scale === 3;
}

function decimalType(scale: number): TreeNode {
  const type_info = {
    type: 'DECIMAL_TYPE_INFO',
    alias: '',
    extension_info: null,
    width: NUMERIC_DIGITS,
    scale,
  };
  return { id: 'DECIMAL', type_info };
}

/** Digits after the point of a number, or of a text that is one, where it stands in the statement. */
function constantScale(value: TreeValue | undefined): number | undefined {
  if (!isNode(value) || value.class !== 'CONSTANT' || !isNode(value.value)) return undefined;
  const text = constantText(value);
  const digits = text === undefined ? undefined : /^\s*[-+]?\d+(?:\.(\d*))?\s*$/.exec(text);
  if (digits) return fitting((digits[1] ?? '').length);
  const { type } = value.value;
  if (!isNode(type)) return undefined;
  if (isNode(type.type_info) && typeof type.type_info.scale === 'number')
    return fitting(type.type_info.scale);
  return ['INTEGER', 'BIGINT', 'HUGEINT'].includes(textOf(type.id)) ? 0 : undefined;
}

function fitting(scale: number): number {
  return Math.min(scale, NUMERIC_DIGITS);
}

/** A type's name, in a cast or a list's type. */
export const typeRule: RewriteRule = (node) => {
  if (node.id !== 'UNBOUND' || !isNode(node.type_info)) return node;
  const info = node.type_info;
  const name = textOf(info.name).toLowerCase();
  if (name === 'jsonb') return { ...node, type_info: { ...info, name: 'json', schema: '' } };
  if (Object.hasOwn(TYPES, name)) return TYPES[name] as TreeNode;
  return textOf(info.schema).toLowerCase() === 'pg_catalog'
    ? { ...node, type_info: { ...info, schema: '' } }
    : node;
};

/** A text cast to a reference is a number, and a number the name of what has it. */
export const referenceRule: RewriteRule = (node) => {
  if (node.class !== 'CAST' || !isNode(node.cast_type) || !isNode(node.child)) return node;
  const { child } = node;
  const reference = referenceOf(node.cast_type);
  if (reference) {
    const isName =
      constantText(child) !== undefined ||
      child.class === 'PARAMETER' ||
      (child.class === 'FUNCTION' && TEXT_FUNCTIONS.has(textOf(child.function_name))) ||
      (child.class === 'CAST' && isText(child.cast_type));
    return inPlaceOf(node, call(isName ? reference.number : reference.name, child));
  }
  // A number that was made a name is a number again: x::regclass::oid.
  const [number] = Array.isArray(child.children) ? child.children : [];
  const wasNamed = Object.values(REFERENCES).some(({ name }) => name === child.function_name);
  return wasNamed && isNumber(node.cast_type) && number !== undefined ? { ...node, child: number } : node;
};

function referenceOf(type: TreeNode): (typeof REFERENCES)[string] | undefined {
  const name = isNode(type.type_info) ? textOf(type.type_info.name).toLowerCase() : '';
  return type.id === 'UNBOUND' && Object.hasOwn(REFERENCES, name) ? REFERENCES[name] : undefined;
}

function isText(type: TreeValue | undefined): boolean {
  return isNode(type) && type.id === 'VARCHAR';
}

function isNumber(type: TreeNode): boolean {
  return ['BIGINT', 'INTEGER', 'SMALLINT'].includes(textOf(type.id));
}
