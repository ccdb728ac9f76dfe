/** A check as it is run: everything resolved against the mesh, nothing of YAML left. */
import type { Dataset, Field } from '../schema/field.ts';
import type { Check, SpecPlace } from '../spec/model.ts';
import type { Share } from './share.ts';

export type CheckKind = Check['kind'] | 'required' | 'bounds' | 'allowed' | 'length';

/** A field of another product, whose values those of a field must be among. */
export interface CheckReference {
  /** `airports.airports@1`. */
  readonly stream: string;
  readonly dataset: string;
  readonly field: string;
  /** For people: `airports.airports.iata`. */
  readonly text: string;
}

/**
 * What of a field's values is compared between two windows: the mean where they are numbers and else how they are mixed, a quantile of numbers,
 * or the share of one value, an SQL literal.
 */
export type ShiftAspect =
  | { readonly kind: 'mean' }
  | { readonly kind: 'mix' }
  | { readonly kind: 'quantile'; readonly at: Share }
  | { readonly kind: 'share'; readonly literal: string; readonly text: string };

/** What is measured, and what it is measured against. */
export type Measure =
  /** Rows that meet the condition `bad`, an SQL expression over the row's columns, are failing. */
  | { readonly of: 'rows'; readonly bad: string; readonly allowed: Share }
  /** Rows whose value is not among those of another product are failing. */
  | {
      readonly of: 'references';
      readonly field: Field;
      readonly reference: CheckReference;
      readonly allowed: Share;
    }
  /** Rows that share their values of the fields with another row are failing. */
  | { readonly of: 'unique'; readonly fields: readonly Field[]; readonly allowed: Share }
  | { readonly of: 'count'; readonly min: number | undefined; readonly max: number | undefined }
  /** Of the newest record when there is no field. */
  | { readonly of: 'age'; readonly field: Field | undefined; readonly maxMs: number }
  /** Against the window that ended `backMs` before this one ends. */
  | { readonly of: 'volume'; readonly windowMs: number; readonly backMs: number; readonly change: Share }
  | {
      readonly of: 'shift';
      readonly field: Field;
      readonly windowMs: number;
      readonly change: Share;
      readonly aspect: ShiftAspect;
    }
  | { readonly of: 'value'; readonly sql: string; readonly is: string };

export interface PlannedCheck {
  /** Stable within the product. */
  readonly id: string;
  readonly kind: CheckKind;
  readonly dataset: Dataset;
  readonly severity: 'error' | 'warning';
  readonly on: Check['on'];
  /** What must hold, as a sentence. */
  readonly doc: string;
  /** `at least 1`, `at most 0.01% of rows`. */
  readonly threshold: string;
  readonly measure: Measure;
  /** False for those that follow from the fields. */
  readonly declared: boolean;
  readonly place: SpecPlace;
}

export type CheckStatus = 'passed' | 'failed' | 'broken';

/** How many rows there are at least and at most. */
export interface CountRange {
  readonly min: number;
  readonly max: number;
}

export interface CheckOutcome {
  readonly check: PlannedCheck;
  /** `broken`: it could not be run, which counts as failed. */
  readonly status: CheckStatus;
  /** The figure that was held against the threshold; null when there is none. */
  readonly measured: string | null;
  /** Rows that do not hold; null where rows are not what is looked at. */
  readonly failing: number | null;
  /** Says in a sentence what was found. */
  readonly message: string;
  /** A few failing rows, as JSON texts. */
  readonly samples: readonly string[];
  readonly durationMs: number;
  /** `changes`: only rows that changed were looked at, with the same answer as all of them. */
  readonly way: 'all' | 'changes';
  /** Of a check on the number of rows. */
  readonly range?: CountRange;
}

/** True for what is said of each row alone. */
export function isRowWise(check: PlannedCheck): boolean {
  return check.measure.of === 'rows' || check.measure.of === 'references';
}
