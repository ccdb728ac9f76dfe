/**
 * What a statement may ask of its session: the time, which is its snapshot's, and its user.
 *
 * Statements are kept by their text, so the values go in last: until then marks stand for them, which nobody can guess.
 */
import { randomBytes } from 'node:crypto';
import type { TreeNode } from '../../../engine/admit/sql-tree.ts';
import type { RewriteRule } from './rewrite-tree.ts';
import { cast, childrenOf, inPlaceOf, textConstant } from './tree-nodes.ts';

const MARK = randomBytes(12).toString('hex');
const TIME_MARK = `time-${MARK}`;
const USER_MARK = `user-${MARK}`;
const SCHEMA_MARK = `schema-${MARK}`;

export interface SessionValues {
  /** Microseconds since 1970. */
  readonly timeUs: number;
  readonly user: string;
  /** Where names without a schema are looked for first. */
  readonly schema: string;
}

const instant = (): TreeNode => cast(textConstant(TIME_MARK), 'TIMESTAMP WITH TIME ZONE');
const local = (id: string): TreeNode => cast(cast(instant(), 'TIMESTAMP'), id);
const user = (): TreeNode => textConstant(USER_MARK);

const VALUES: Readonly<Record<string, () => TreeNode>> = {
  now: instant,
  transaction_timestamp: instant,
  statement_timestamp: instant,
  clock_timestamp: instant,
  get_current_timestamp: instant,
  current_timestamp: instant,
  localtimestamp: () => local('TIMESTAMP'),
  current_localtimestamp: () => local('TIMESTAMP'),
  current_date: () => local('DATE'),
  today: () => local('DATE'),
  current_time: () => local('TIME'),
  get_current_time: () => local('TIME'),
  localtime: () => local('TIME'),
  current_localtime: () => local('TIME'),
  current_user: user,
  session_user: user,
  current_role: user,
  user,
  current_schema: () => textConstant(SCHEMA_MARK),
};

/** Words of the language that name a value of the session, lower case. */
export function isSessionWord(name: string): boolean {
  return Object.hasOwn(VALUES, name) && name !== 'now' && name !== 'today';
}

/** Functions of this rule that the engine does not have. */
export const SESSION_FUNCTIONS = ['statement_timestamp', 'clock_timestamp'] as const;

/** `now()`, `current_date`, `current_user`; as words only where they are not quoted. */
export const sessionValuesRule: RewriteRule = (node, context) => {
  const name = valueName(node);
  if (name === undefined) return node;
  if (name === 'age') {
    const [since, ...others] = childrenOf(node);
    if (since === undefined || others.length > 0) return node;
    return { ...node, children: [cast(local('DATE'), 'TIMESTAMP'), since] };
  }
  const value = Object.hasOwn(VALUES, name) ? VALUES[name] : undefined;
  if (!value || context.textAt(node).startsWith('"')) return node;
  return inPlaceOf(node, value());
};

function valueName(node: TreeNode): string | undefined {
  if (node.class === 'FUNCTION') {
    const name = String(node.function_name).toLowerCase();
    return name === 'age' || childrenOf(node).length === 0 ? name : undefined;
  }
  if (node.class !== 'COLUMN_REF' || !Array.isArray(node.column_names)) return undefined;
  const [name, ...others] = node.column_names;
  // Columns may be called so too; Postgres has these as words of the language, and "user" besides.
  return others.length === 0 && typeof name === 'string' ? name.toLowerCase() : undefined;
}

export function holdsSessionValues(tree: string): boolean {
  return tree.includes(MARK);
}

/** The tree, as JSON, with the values in place of their marks. */
export function withSessionValues(tree: string, { timeUs, user: name, schema }: SessionValues): string {
  const fraction = String(((timeUs % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, '0');
  const seconds = new Date(Math.floor(timeUs / 1_000_000) * 1_000).toISOString().slice(0, 19);
  return tree
    .replaceAll(TIME_MARK, `${seconds}.${fraction}+00`)
    .replaceAll(USER_MARK, JSON.stringify(name).slice(1, -1))
    .replaceAll(SCHEMA_MARK, JSON.stringify(schema).slice(1, -1));
}
