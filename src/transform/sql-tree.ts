/** The engine's parse tree of a query, as far as it is looked at here. */

export interface SqlNode {
  readonly class?: string;
  readonly type?: string;
  readonly alias?: string;
  readonly query_location?: number;
  readonly [member: string]: unknown;
}

export interface SelectNode extends SqlNode {
  readonly select_list: readonly SqlNode[];
  readonly from_table: SqlNode;
}

export interface SqlTree {
  readonly error: boolean;
  readonly error_message?: string;
  readonly position?: string;
  readonly statements?: readonly { readonly node: SqlNode }[];
}

export function isNode(value: unknown): value is SqlNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every expression in a tree, the outer ones first. */
export function* expressions(value: unknown): Generator<SqlNode> {
  if (Array.isArray(value)) for (const item of value) yield* expressions(item);
  else if (isNode(value)) {
    if (typeof value.class === 'string') yield value;
    for (const member of Object.values(value)) yield* expressions(member);
  }
}

/** A reference to a column of a table, under a name of its own. */
export function columnRef(names: readonly string[], alias = ''): SqlNode {
  return { class: 'COLUMN_REF', type: 'COLUMN_REF', alias, column_names: names };
}
