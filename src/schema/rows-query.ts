/**
 * A question for the rows of one dataset at one position: what REST, GraphQL and charts translate into.
 * Every name in it has been checked against the dataset, and every value against its field's type.
 */

export type Comparison = 'eq' | 'neq' | 'gt' | 'gte' | 'lt' | 'lte' | 'like' | 'ilike';

export type Filter =
  | { readonly op: 'and' | 'or'; readonly terms: readonly Filter[] }
  | { readonly op: 'not'; readonly term: Filter }
  /** The value in the field's text form (see `json-form.ts`); for `like` and `ilike` a pattern with `%` and `_`. */
  | { readonly op: Comparison; readonly field: string; readonly value: string }
  | { readonly op: 'in'; readonly field: string; readonly values: readonly string[] }
  | { readonly op: 'is'; readonly field: string; readonly value: 'null' | 'true' | 'false' };

export interface OrderTerm {
  readonly field: string;
  readonly descending: boolean;
  /** Where nulls stand; by default last when ascending, first when descending, as in Postgres. */
  readonly nulls: 'first' | 'last';
}

export interface RowsQuery {
  /** The columns of the answer, in order; all of the dataset's when left out. */
  readonly select?: readonly string[];
  readonly filter?: Filter;
  /** Completed by the reader with the key's fields, so that the order is total. */
  readonly order: readonly OrderTerm[];
  /** 1 to ROWS_LIMIT_MAX. */
  readonly limit: number;
  /** Keyset paging: the text forms of the order fields (as completed) of the last row of the page before. */
  readonly after?: readonly (string | null)[];
  /** Also count all rows that match the filter. */
  readonly count?: boolean;
}

export const ROWS_LIMIT_DEFAULT = 100;
export const ROWS_LIMIT_MAX = 1_000;

export interface RowsPage {
  /** One JSON object a row, exact numbers (see `json-form.ts`). */
  readonly rows: readonly string[];
  /** For the query's `after` of the next page; undefined on the last page. */
  readonly next: readonly (string | null)[] | undefined;
  readonly count: number | undefined;
}
