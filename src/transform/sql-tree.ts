/** The engine's parse tree of a query, as far as it is looked at here. */

export interface SqlNode {
  readonly class?: string;
  readonly type?: string;
  readonly query_location?: number;
  readonly [member: string]: unknown;
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
