/** What the thread that asks SQLite is asked, and answers: one answer for each request, in their order. */

export type SqliteValue = number | bigint | string | Uint8Array;
export type SqliteRow = readonly (SqliteValue | null)[];

export interface SqliteOpening {
  /** A copy that nobody else has open. */
  readonly file: string;
  readonly sql: string;
}

export type SqliteRequest =
  | { readonly kind: 'columns' }
  /** Begins the answer; rows come with `more`. */
  | { readonly kind: 'ask'; readonly by?: string; readonly from?: SqliteValue }
  | { readonly kind: 'more' };

export type SqliteReply =
  | { readonly columns: readonly string[] }
  /** None at the end. */
  | { readonly rows: readonly SqliteRow[] }
  | { readonly failed: string; readonly outOfMemory: boolean };
