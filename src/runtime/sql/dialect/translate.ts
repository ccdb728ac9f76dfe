/** A statement as Postgres reads it, told to the engine: its tree, rewritten where the two differ, and the names of its columns. */

import { isNode, type ParsedSql, type TreeNode, type TreeValue } from '../../../engine/admit/sql-tree.ts';
import type { ColumnNames } from '../../../engine/column-names.ts';
import { columnNames } from './column-names.ts';
import { writeTree } from './exact-tree.ts';
import { pathRule } from './json-paths.ts';
import {
  anyRule,
  arrayTextRule,
  POSTGRES_OPERATORS,
  RENAMED_FUNCTIONS,
  regexRule,
  renameRule,
  schemaRule,
  seriesRule,
  TABLE_FUNCTION_NAMES,
  tableFunctionRule,
  valuesRule,
  vectorRule,
} from './postgres-rules.ts';
import { type RewriteRule, rewriteContext, rewriteTree } from './rewrite-tree.ts';
import { SESSION_FUNCTIONS, sessionValuesRule } from './session-values.ts';
import { textFormatRule } from './text-format.ts';
import { withTightArrows } from './tight-arrows.ts';
import { FORMAT_FUNCTIONS, formatRule } from './to-char.ts';
import { numericRule, referenceRule, typeRule } from './type-rules.ts';

const RULES: readonly RewriteRule[] = [
  schemaRule,
  regexRule,
  textFormatRule,
  renameRule,
  tableFunctionRule,
  seriesRule,
  vectorRule,
  formatRule,
  anyRule,
  arrayTextRule,
  pathRule,
  valuesRule,
  sessionValuesRule,
];
/** A cast is looked at before its type has lost the name that it was given. */
const OUTER_RULES: readonly RewriteRule[] = [referenceRule, numericRule];

/** What statements may call because it is rewritten. */
export const DIALECT_FUNCTIONS: readonly string[] = [
  ...POSTGRES_OPERATORS,
  ...SESSION_FUNCTIONS,
  ...FORMAT_FUNCTIONS,
  ...RENAMED_FUNCTIONS,
];

/** What may stand in place of a table because it is rewritten. */
export const DIALECT_TABLE_FUNCTIONS = TABLE_FUNCTION_NAMES;

export interface Translation {
  /** The tree that runs, as JSON, where it is not the statement's own. */
  readonly tree: string | undefined;
  readonly names: ColumnNames;
  /** Lower case, those that were written and those that were put in. */
  readonly functions: ReadonlySet<string>;
}

/** `sql` is the text that was parsed; `further` rules come after those of the dialect. Throws SQL_REFUSED. */
export function translate(parsed: ParsedSql, sql: string, further: readonly RewriteRule[]): Translation {
  const context = rewriteContext(sql);
  const [statement] = parsed.statements ?? [];
  const names = statement ? columnNames(statement, context) : { head: [], tail: [] };
  const whole = parsed as unknown as TreeNode;
  const cast = rewriteTree(withTightArrows(whole), OUTER_RULES, context);
  const tree = rewriteTree(cast, [typeRule, ...RULES, ...further], context);
  return { tree: tree === whole ? undefined : writeTree(tree), names, functions: functionsOf(tree) };
}

function functionsOf(tree: TreeValue): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (value: TreeValue | undefined): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isNode(value)) return;
    if (typeof value.function_name === 'string') found.add(value.function_name.toLowerCase());
    Object.values(value).forEach(visit);
  };
  visit(tree);
  return found;
}
