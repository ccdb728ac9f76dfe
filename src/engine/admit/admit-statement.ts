/**
 * Decides whether a consumer's statement may run, by its parse tree: one SELECT, made of listed nodes, calling listed functions,
 * reading listed tables. What is not known is refused, so what the engine learns in a later version is refused until it is
 * listed. The engine's own lock-down stands behind this, and limits from outside the process behind that.
 *
 * A name without a schema is a common table expression only where one of that name is in scope; otherwise the engine would look
 * for a file of that name.
 */
import { WharfError } from '../../base/errors.ts';
import '../errors.ts';
import {
  ALLOWED_FUNCTIONS,
  ALLOWED_TABLE_FUNCTIONS,
  REFUSED_FUNCTIONS,
  REFUSED_TABLE_FUNCTIONS,
} from './engine-functions.ts';
import { EXPRESSION_CLASSES, isPlainDetail, MODIFIERS, QUERY_NODES, TABLE_REFS } from './node-kinds.ts';
import { isNode, locationOf, type ParsedSql, type TreeNode, type TreeValue, textOf } from './sql-tree.ts';

/** Deeper statements are refused; the engine's own parser allows about as many. */
const DEPTH_MAX = 1_000;

const FUNCTION_SCHEMAS: ReadonlySet<string> = new Set(['', 'main', 'pg_catalog', 'information_schema']);

export interface TableName {
  readonly catalog: string;
  readonly schema: string;
  readonly table: string;
  /** UTF-8 bytes from the statement's beginning. */
  readonly location: number | undefined;
}

export interface Admission {
  /** The tables that the statement reads, as it names them; common table expressions are not among them. */
  readonly tables: readonly TableName[];
}

export interface AdmissionRules {
  /** Functions that are not the engine's, lower case. */
  readonly functions: ReadonlySet<string>;
  /** Those that may stand where a table stands. */
  readonly tableFunctions?: ReadonlySet<string>;
}

/** Throws SQL_SYNTAX, SQL_REFUSED. */
export function admitStatement(parsed: ParsedSql, rules: AdmissionRules): Admission {
  const [statement, ...others] = parsed.statements ?? [];
  if (parsed.error || !statement) throw notASelect(parsed);
  if (others.length > 0) {
    throw new WharfError('SQL_REFUSED', `Expected one statement, received ${others.length + 1}.`, {
      hint: 'Send them one by one.',
      details: { sqlState: '42601' },
    });
  }
  const walk = new TreeWalk(rules);
  walk.visit(statement, new Set(), 0);
  return { tables: walk.tables };
}

class TreeWalk {
  readonly tables: TableName[] = [];
  readonly #rules: AdmissionRules;

  constructor(rules: AdmissionRules) {
    this.#rules = rules;
  }

  visit(value: TreeValue | undefined, scope: ReadonlySet<string>, depth: number): void {
    if (depth > DEPTH_MAX)
      throw refused(`The statement is nested more than ${DEPTH_MAX} levels deep.`, '54001');
    if (Array.isArray(value)) {
      for (const item of value) this.visit(item, scope, depth + 1);
      return;
    }
    if (!isNode(value)) return;
    const inner = this.#enter(value, scope, depth);
    for (const [name, child] of Object.entries(value)) {
      if (name === 'cte_map') continue;
      this.visit(child, inner, depth + 1);
    }
  }

  /** Checks the node itself; returns the names that are in scope below it. */
  #enter(node: TreeNode, scope: ReadonlySet<string>, depth: number): ReadonlySet<string> {
    if (typeof node.class === 'string') this.#checkExpression(node, node.class);
    else if (typeof node.type === 'string') this.#checkPart(node, node.type, scope);
    let inner = isNode(node.cte_map) ? this.#withCtes(node.cte_map, scope, depth) : scope;
    if (typeof node.cte_name === 'string' && node.cte_name !== '') inner = withName(inner, node.cte_name);
    return inner;
  }

  #withCtes(map: TreeNode, scope: ReadonlySet<string>, depth: number): ReadonlySet<string> {
    let inner = scope;
    for (const entry of Array.isArray(map.map) ? map.map : []) {
      if (!isNode(entry)) continue;
      this.visit(entry.value, inner, depth + 1);
      inner = withName(inner, textOf(entry.key));
    }
    return inner;
  }

  #checkExpression(node: TreeNode, expressionClass: string): void {
    if (!EXPRESSION_CLASSES.has(expressionClass))
      throw refused(`An expression of kind "${expressionClass}" is not available here.`, '0A000', node);
    if (expressionClass === 'FUNCTION' || expressionClass === 'WINDOW') this.#checkFunction(node);
  }

  #checkPart(node: TreeNode, type: string, scope: ReadonlySet<string>): void {
    if (type === 'BASE_TABLE') this.#noteTable(node, scope);
    else if (type === 'TABLE_FUNCTION') checkTableFunction(node, this.#rules);
    else if (!QUERY_NODES.has(type) && !TABLE_REFS.has(type) && !MODIFIERS.has(type) && !isPlainDetail(type))
      throw refused(`"${type.toLowerCase().replaceAll('_', ' ')}" is not available here.`, '0A000', node);
  }

  #checkFunction(node: TreeNode): void {
    const name = textOf(node.function_name).toLowerCase();
    const schema = textOf(node.schema).toLowerCase();
    const known =
      ALLOWED_FUNCTIONS.has(name) ||
      ALLOWED_TABLE_FUNCTIONS.has(name) ||
      this.#rules.functions.has(name) ||
      this.#rules.tableFunctions?.has(name) === true;
    if (known && FUNCTION_SCHEMAS.has(schema)) return;
    throw functionRefused(name, REFUSED_FUNCTIONS.has(name) || REFUSED_TABLE_FUNCTIONS.has(name), node);
  }

  #noteTable(node: TreeNode, scope: ReadonlySet<string>): void {
    if (node.at_clause) throw refused('"at" is not available in a statement.', '0A000', node);
    const [catalog, schema, table] = [node.catalog_name, node.schema_name, node.table_name].map(textOf) as [
      string,
      string,
      string,
    ];
    if (catalog === '' && schema === '' && scope.has(table.toLowerCase())) return;
    this.tables.push({ catalog, schema, table, location: locationOf(node) });
  }
}

function checkTableFunction(node: TreeNode, { tableFunctions }: AdmissionRules): void {
  const call = isNode(node.function) ? node.function : {};
  const name = textOf(call.function_name).toLowerCase();
  if (call.class === 'FUNCTION' && (ALLOWED_TABLE_FUNCTIONS.has(name) || tableFunctions?.has(name))) return;
  throw functionRefused(name, REFUSED_TABLE_FUNCTIONS.has(name), node);
}

function withName(scope: ReadonlySet<string>, name: string): ReadonlySet<string> {
  return new Set([...scope, name.toLowerCase()]);
}

function functionRefused(name: string, exists: boolean, node: TreeNode): WharfError {
  const message = exists
    ? `The function "${name}" may not be called here.`
    : `There is no function "${name}" here.`;
  return refused(message, exists ? '42501' : '42883', node);
}

function refused(message: string, sqlState: string, node?: TreeNode): WharfError {
  const location = node && locationOf(node);
  return new WharfError('SQL_REFUSED', message, {
    hint: 'A statement may read the products of the mesh, by one SELECT of plain functions.',
    details: { sqlState, ...(location === undefined ? {} : { byte: location }) },
  });
}

function notASelect(parsed: ParsedSql): WharfError {
  const isSyntax = parsed.error_type === 'parser';
  if (isSyntax) {
    const byte = Number(parsed.position);
    return new WharfError('SQL_SYNTAX', parsed.error_message ?? 'The statement cannot be parsed.', {
      details: { sqlState: '42601', ...(Number.isSafeInteger(byte) ? { byte } : {}) },
    });
  }
  return new WharfError('SQL_REFUSED', 'Only a SELECT can be run here, and this statement is none.', {
    hint: 'Products are changed through their inputs; PIVOT is written with "sum(...) filter (where ...)".',
    details: { sqlState: '0A000' },
  });
}
