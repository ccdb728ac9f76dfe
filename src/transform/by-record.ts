/**
 * Whether a query works record by record: what it gives for many records is what it gives for each of them alone.
 *
 * `record-map.ts` runs the query on each record alone, so nothing here is needed for that to be so; it is needed for the author
 * to get what the query says. A SELECT that reads the input may compute, filter and unfold, but not group, order, limit or
 * compare records with each other. What a record holds in itself may be queried freely.
 */
import type { FunctionCatalog } from './function-catalog.ts';
import { isNode, type SqlNode, type SqlTree } from './sql-tree.ts';

export interface Obstacle {
  /** Completes "The transform of an external input works record by record, so it cannot ...". */
  readonly what: string;
  /** Offset in the SQL text; undefined when it is about the whole. */
  readonly offset: number | undefined;
}

/** Table functions that only unfold what the record itself holds. */
const UNFOLDING = new Set(['unnest', 'generate_series', 'range']);

export function findObstacles(tree: SqlTree, input: string, functions: FunctionCatalog): Obstacle[] {
  const [statement, ...others] = tree.statements ?? [];
  if (!statement || others.length > 0) return [{ what: 'hold more than one statement', offset: undefined }];
  const finder = new ObstacleFinder(input, functions);
  const reads = finder.query(statement.node, new Map([[input.toLowerCase(), true]]));
  if (!reads && finder.found.length === 0)
    finder.found.push({ what: `leave out its input: write "from ${input}"`, offset: undefined });
  return finder.found;
}

/** Tables by name, and whether they hold records of the input. */
type Scope = ReadonlyMap<string, boolean>;

class ObstacleFinder {
  readonly found: Obstacle[] = [];
  readonly #input: string;
  readonly #functions: FunctionCatalog;

  constructor(input: string, functions: FunctionCatalog) {
    this.#input = input;
    this.#functions = functions;
  }

  /** Looks at a query; true when it reads the input. */
  query(node: SqlNode, outer: Scope): boolean {
    const scope = this.#withTables(node, outer);
    if (node.type === 'SELECT_NODE') return this.#select(node, scope);
    if (node.type === 'SET_OPERATION_NODE') return this.#combination(node, scope);
    this.#add('be recursive', node);
    return true;
  }

  #add(what: string, node: SqlNode): void {
    const { query_location: offset } = node;
    this.found.push({ what, offset: typeof offset === 'number' ? offset : undefined });
  }

  #withTables(node: SqlNode, outer: Scope): Scope {
    const entries = isNode(node.cte_map) ? listOf(node.cte_map.map) : [];
    const scope = new Map(outer);
    for (const entry of entries.filter(isNode)) {
      const query = isNode(entry.value) && isNode(entry.value.query) ? entry.value.query.node : undefined;
      if (isNode(query)) scope.set(String(entry.key).toLowerCase(), this.query(query, scope));
    }
    return scope;
  }

  #combination(node: SqlNode, scope: Scope): boolean {
    const sides = [node.left, node.right, ...listOf(node.children)].filter(isNode);
    const reads = sides.map((side) => this.query(side, scope)).some(Boolean);
    if (reads && node.setop_all !== true) this.#add('drop records that are equal: write UNION ALL', node);
    if (reads && node.setop_type !== 'UNION') this.#add('compare records with EXCEPT or INTERSECT', node);
    if (reads) this.#modifiers(node);
    return reads;
  }

  #select(node: SqlNode, scope: Scope): boolean {
    const tables = isNode(node.from_table) ? this.#source(node.from_table, scope) : 0;
    if (tables > 1) this.#add('read its input more than once', node);
    const reads = tables > 0;
    if (reads) this.#clauses(node);
    const { from_table: _from, cte_map: _ctes, ...rest } = node;
    this.#expressions(rest, scope, reads);
    return reads;
  }

  #clauses(node: SqlNode): void {
    if (listOf(node.group_expressions).length > 0 || listOf(node.group_sets).length > 0)
      this.#add('group records', node);
    else if (node.aggregate_handling !== 'STANDARD_HANDLING') this.#add('group records', node);
    if (node.having) this.#add('have a HAVING clause', node);
    if (node.qualify) this.#add('have a QUALIFY clause', node);
    if (node.sample) this.#add('take a sample', node);
    this.#modifiers(node);
  }

  #modifiers(node: SqlNode): void {
    for (const modifier of listOf(node.modifiers).filter(isNode)) {
      if (modifier.type === 'ORDER_MODIFIER') this.#add('order records', node);
      else if (modifier.type === 'DISTINCT_MODIFIER') this.#add('drop records that are equal', node);
      else this.#add('limit how many records there are', node);
    }
  }

  /** How many tables with records of the input stand in a FROM clause. */
  #source(table: SqlNode, scope: Scope): number {
    switch (table.type) {
      case 'BASE_TABLE':
        return this.#baseTable(table, scope);
      case 'JOIN': {
        const sides = [table.left, table.right].filter(isNode).map((side) => this.#source(side, scope));
        const { left: _left, right: _right, ...rest } = table;
        this.#expressions(rest, scope, false);
        return sides.reduce((sum, count) => sum + count, 0);
      }
      case 'SUBQUERY': {
        const query = isNode(table.subquery) && isNode(table.subquery.node) ? table.subquery.node : undefined;
        return query && this.query(query, scope) ? 1 : 0;
      }
      case 'TABLE_FUNCTION':
        this.#tableFunction(table, scope);
        return 0;
      case 'EMPTY':
      case 'EXPRESSION_LIST':
      case 'EMPTY_FROM':
        this.#expressions(table, scope, false);
        return 0;
      default:
        this.#add(`read from anything but its input "${this.#input}"`, table);
        return 0;
    }
  }

  #baseTable(table: SqlNode, scope: Scope): number {
    const name = String(table.table_name);
    const known = table.schema_name || table.catalog_name ? undefined : scope.get(name.toLowerCase());
    if (known === undefined) this.#add(`read "${name}", which is not its input "${this.#input}"`, table);
    if (table.sample) this.#add('take a sample', table);
    return known ? 1 : 0;
  }

  #tableFunction(table: SqlNode, scope: Scope): void {
    const call = isNode(table.function) ? table.function : table;
    const name = String(call.function_name).toLowerCase();
    if (!UNFOLDING.has(name))
      this.#add(`read from ${name}(): only unnest(), range() and generate_series() unfold a record`, table);
    this.#expressions(call, scope, false);
  }

  /** Expressions at the level of one SELECT; `reads` when that SELECT reads the input. */
  #expressions(value: unknown, scope: Scope, reads: boolean): void {
    if (Array.isArray(value)) for (const item of value) this.#expressions(item, scope, reads);
    if (!isNode(value)) return;
    if (value.class === 'SUBQUERY') {
      this.#subquery(value, scope);
      return;
    }
    if (reads) this.#expression(value);
    for (const member of Object.values(value)) this.#expressions(member, scope, reads);
  }

  #subquery(value: SqlNode, scope: Scope): void {
    const query = isNode(value.subquery) && isNode(value.subquery.node) ? value.subquery.node : undefined;
    if (query && this.query(query, scope)) this.#add('read its input again in a sub-query', value);
    if (value.child) this.#expressions(value.child, scope, true);
  }

  #expression(expression: SqlNode): void {
    if (expression.class === 'WINDOW') this.#add('use window functions', expression);
    else if (expression.class === 'PARAMETER') this.#add('have parameters', expression);
    else if (expression.class === 'FUNCTION') {
      const name = String(expression.function_name);
      if (this.#functions.isAggregate(name)) this.#add(`aggregate records with ${name}()`, expression);
    }
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
