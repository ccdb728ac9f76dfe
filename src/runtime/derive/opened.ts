import type { Relation } from '../../store/store.ts';
import type { RejectRecord } from '../rejects/reject-record.ts';
import type { Written } from './difference-sql.ts';

/** What a transform gives over its inputs at some positions: a relation that can be read until it is released. */
export interface OpenAnswer {
  /** Of the files that it is computed from. */
  readonly bytes: number;
  /** Statements that must run before, on the same connection. */
  readonly setup: readonly string[];
  /** A SELECT over the dataset's columns. */
  readonly sql: string;
  /** Records on which the transform failed; a query fails as a whole. */
  readonly failures: readonly RejectRecord[];
  release(): Promise<void>;
}

/** Statements, to be run in order on one connection, and SELECTs of the dataset's columns that stand for the same keys. */
export interface Comparison {
  readonly setup: readonly string[];
  readonly rows: string;
  readonly state: string;
  /** `changed` when left out. */
  readonly written?: Written;
}

export interface OpenChange {
  /** What to compare, given the product's whole state. */
  against(state: Relation): Comparison;
  /** Of the files that it is computed from. */
  readonly bytes: number;
  /** All that there is is computed, which may take long. */
  readonly isWhole?: true;
  /** Records on which the transform failed. */
  readonly failures: readonly RejectRecord[];
  /** Ids of the rejects that may have to be closed; all open ones when left out. */
  readonly failedBefore?: ReadonlySet<string>;
  release(): Promise<void>;
}
