/**
 * What in a query over products could give other rows for the same inputs, or read what is not an input; found in the parse tree.
 *
 * An *error* is what never repeats (files, samples, tables of the session); a *warning* is what repeats only when the rows come in the
 * same order, which the engine does not promise.
 */
import { CHANGES } from './changes.ts';
import { isNode, type SqlNode, type SqlTree } from './sql-tree.ts';

export interface Unrepeatable {
  readonly severity: 'error' | 'warning';
  /** A sentence. */
  readonly message: string;
  readonly hint?: string;
  /** Offset in the SQL text; undefined when it is about the whole. */
  readonly offset: number | undefined;
}

/** Table functions that give what their arguments hold, and nothing else. */
const UNFOLDING = new Set(['unnest', 'generate_series', 'range', 'json_each', 'json_tree']);
/** Aggregates whose answer depends on the order of the rows, unless one is written. */
const ORDERED_AGGREGATES = new Set([
  ...['list', 'array_agg', 'string_agg', 'group_concat', 'listagg'],
  ...['first', 'last', 'any_value', 'arbitrary', 'mode'],
  ...['arg_min', 'argmin', 'min_by', 'arg_max', 'argmax', 'max_by', 'arg_min_null', 'arg_max_null'],
  ...['approx_quantile', 'reservoir_quantile', 'approx_top_k'],
]);
/** Window functions that mean nothing without an order. */
const ORDERED_WINDOWS = new Set([
  ...['row_number', 'ntile', 'first_value', 'last_value', 'nth_value', 'lead', 'lag', 'first', 'last'],
]);

/** How a query reads its inputs: `from departures`, or `from changes(departures)`. */
export type Reading = 'tables' | 'changes';

/** `tables` are the names that may be read. */
export function findUnrepeatable(
  tree: SqlTree,
  tables: readonly string[],
  reading: Reading = 'tables',
): Unrepeatable[] {
  const [statement, ...others] = tree.statements ?? [];
  if (!statement || others.length > 0) {
    const message = 'The transform must be one SELECT statement.';
    return [{ severity: 'error', message, offset: undefined }];
  }
  const finder = new Finder(tables, reading);
  finder.visit(statement.node, new Set());
  finder.unread();
  return finder.found;
}

class Finder {
  readonly found: Unrepeatable[] = [];
  readonly #tables: readonly string[];
  readonly #reading: Reading;
  readonly #unread: Set<string>;

  constructor(tables: readonly string[], reading: Reading) {
    this.#tables = tables;
    this.#reading = reading;
    this.#unread = new Set(tables);
  }

  /** `scope` holds the names of the CTEs in sight, in small letters. */
  visit(value: unknown, scope: ReadonlySet<string>): void {
    if (Array.isArray(value)) for (const item of value) this.visit(item, scope);
    if (!isNode(value)) return;
    const inner = isNode(value.cte_map) ? this.#ctes(value.cte_map, scope) : scope;
    this.#look(value, inner);
    for (const [name, member] of Object.entries(value)) if (name !== 'cte_map') this.visit(member, inner);
  }

  /** Further tables of an input are read or not, as one likes. */
  unread(): void {
    for (const table of this.#unread) {
      if (table.includes('__')) continue;
      const message = `The transform does not read its input "${table}".`;
      this.found.push({
        severity: 'warning',
        message,
        hint: 'Remove the input, or read it.',
        offset: undefined,
      });
    }
  }

  /** A CTE sees those before it and, when it is recursive, itself. */
  #ctes(map: SqlNode, outer: ReadonlySet<string>): ReadonlySet<string> {
    const scope = new Set(outer);
    for (const entry of Array.isArray(map.map) ? map.map : []) {
      if (!isNode(entry)) continue;
      const query = isNode(entry.value) && isNode(entry.value.query) ? entry.value.query.node : undefined;
      const name = String(entry.key).toLowerCase();
      const isRecursive = isNode(query) && query.type === 'RECURSIVE_CTE_NODE';
      this.visit(entry.value, isRecursive ? new Set([...scope, name]) : scope);
      scope.add(name);
    }
    return scope;
  }

  #look(node: SqlNode, scope: ReadonlySet<string>): void {
    if (node.type === 'BASE_TABLE') this.#table(node, scope);
    else if (node.type === 'TABLE_FUNCTION') this.#tableFunction(node);
    else if (node.type === 'SHOW_REF')
      this.#error('The transform describes tables instead of reading them.', node);
    else if (node.class === 'PARAMETER') this.#error('The transform has a parameter.', node);
    else if (node.class === 'FUNCTION') this.#function(node);
    else if (node.class === 'WINDOW') this.#window(node);
    if (node.sample) this.#error('The transform takes a sample, which is another one each time.', node);
    if (node.ref_type === 'POSITIONAL')
      this.#error('The transform joins rows by their place, and rows have no order.', node);
    if (Array.isArray(node.modifiers)) this.#modifiers(node, node.modifiers.filter(isNode));
  }

  #table(node: SqlNode, scope: ReadonlySet<string>): void {
    const name = String(node.table_name);
    const isPlain = !node.schema_name && !node.catalog_name;
    if (isPlain && scope.has(name.toLowerCase())) return;
    const table = isPlain ? this.#input(name) : undefined;
    if (table === undefined) this.#unknown(name, node);
    else if (this.#reading === 'tables') this.#unread.delete(table);
    else
      this.#error(
        `The transform reads "${name}" as a whole, and with "mode: reduce" it sees each record once.`,
        node,
        `Write: from ${CHANGES}(${table}).`,
      );
  }

  #input(name: string): string | undefined {
    return this.#tables.find((table) => table.toLowerCase() === name.toLowerCase());
  }

  #unknown(name: string, node: SqlNode): void {
    const hint = `It may read: ${this.#tables.join(', ')}.`;
    this.#error(`The transform reads "${name}", which is not among its inputs.`, node, hint);
  }

  #changes(call: SqlNode, node: SqlNode): void {
    const [only, ...others] = Array.isArray(call.children) ? call.children : [];
    const [name, ...parts] = isNode(only) && Array.isArray(only.column_names) ? only.column_names : [];
    if (this.#reading === 'tables')
      this.#error(`${CHANGES}() needs "mode: reduce" in the transform.`, node, 'Add it, or read the input.');
    else if (typeof name !== 'string' || parts.length > 0 || others.length > 0)
      this.#error(
        `${CHANGES}() takes the name of one input.`,
        node,
        `Write: ${CHANGES}(${this.#tables[0]}).`,
      );
    else {
      const table = this.#input(name);
      if (table === undefined) this.#unknown(name, node);
      else this.#unread.delete(table);
    }
  }

  #tableFunction(node: SqlNode): void {
    const call = isNode(node.function) ? node.function : node;
    const name = String(call.function_name).toLowerCase();
    if (name === CHANGES) this.#changes(call, node);
    else if (!UNFOLDING.has(name))
      this.#error(`The transform reads from ${name}(), which is not one of its inputs.`, node);
  }

  #function(node: SqlNode): void {
    const name = String(node.function_name).toLowerCase();
    if (!ORDERED_AGGREGATES.has(name) || hasOrder(node)) return;
    this.#warning(
      `${name}() depends on the order of the rows, and none is written.`,
      node,
      `Write the order inside of it: ${name}(... order by ...).`,
    );
  }

  #window(node: SqlNode): void {
    const name = String(node.function_name).toLowerCase();
    const orders = Array.isArray(node.orders) ? node.orders : [];
    if (orders.length > 0 || !(ORDERED_WINDOWS.has(name) || ORDERED_AGGREGATES.has(name))) return;
    this.#warning(
      `${name}() over rows without an order gives another answer each time.`,
      node,
      'Write an order that leaves no ties.',
    );
  }

  #modifiers(node: SqlNode, modifiers: readonly SqlNode[]): void {
    if (modifiers.some((m) => m.type === 'ORDER_MODIFIER')) return;
    const hint = 'Write an order that leaves no ties.';
    if (modifiers.some((m) => String(m.type).startsWith('LIMIT')))
      this.#warning('A limit without an order takes other rows each time.', node, hint);
    if (modifiers.some((m) => Array.isArray(m.distinct_on_targets) && m.distinct_on_targets.length > 0))
      this.#warning('distinct on (...) without an order keeps other rows each time.', node, hint);
  }

  #error(message: string, node: SqlNode, hint?: string): void {
    this.#add('error', message, node, hint);
  }

  #warning(message: string, node: SqlNode, hint?: string): void {
    this.#add('warning', message, node, hint);
  }

  #add(severity: 'error' | 'warning', message: string, node: SqlNode, hint: string | undefined): void {
    const { query_location: at } = node;
    const offset = typeof at === 'number' && Number.isSafeInteger(at) ? at : undefined;
    this.found.push({ severity, message, offset, ...(hint === undefined ? {} : { hint }) });
  }
}

function hasOrder(node: SqlNode): boolean {
  return isNode(node.order_bys) && Array.isArray(node.order_bys.orders) && node.order_bys.orders.length > 0;
}
