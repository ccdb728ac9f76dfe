/** What the inputs that ask queries differ in: their client. All else is `query-input.ts`. */
import type { CaptureContext } from '../../kit/input.ts';
import type { Cells, SourceColumn } from '../rows/row-shape.ts';

/** How query inputs name their rows in messages and places. */
export const QUERY_PLACE = 'query';

/** The rows from a value of a column on, in the order of the column, without those where it is null. */
export interface NewsRange {
  /** One of the session's columns. */
  readonly by: string;
  /** As `valueText` gave it; left out, all rows. */
  readonly from?: string;
}

/** One moment of a source, and one query that is asked in it. */
export interface QuerySession<Value> {
  /** Of the answer. */
  readonly columns: readonly SourceColumn<Value>[];
  /** Reads no further ahead than a named bound; the session does nothing else meanwhile. Throws what the source says. */
  rows(range?: NewsRange): AsyncIterable<readonly Cells<Value>[]>;
  /** A value of the growing column `by` as it stands in a cursor. Equal texts exactly for values that the source holds for equal. */
  valueText(value: Value, by: string): string;
  /** At once, whatever it is in the middle of. */
  close(): Promise<void> | void;
}

/** Opens a session for each look. Throws what the source says, retryable where it may pass. */
export type OpenQuery<Value> = (context: CaptureContext, sql: string) => Promise<QuerySession<Value>>;
