/** What crosses the border to the process that runs transforms. Documents are JSON texts in JSON form. */
import type { Field } from '../../schema/field.ts';

/** What the guest must know of the product. */
export interface GuestSetup {
  readonly inputs: readonly GuestInput[];
  /** Of the rows that the transform gives. */
  readonly fields: readonly Field[];
}

export interface GuestInput {
  readonly name: string;
  readonly fields: readonly Field[];
  /** The fields by which its rows can be looked up; empty when they cannot. */
  readonly key: readonly Field[];
}

/** What came of one record, and which rows it looked up for that. */
export type RecordOutcome = { readonly used: readonly AskedRow[] } & (
  | { readonly kind: 'rows'; readonly rows: readonly string[] }
  | { readonly kind: 'failed'; readonly message: string; readonly at?: CodePlace }
  /** It took too long. */
  | { readonly kind: 'late' }
  /** It asks for rows that are not known here yet; it is run again once they are. */
  | { readonly kind: 'asks'; readonly asked: readonly AskedRow[] }
);

/** In the built code; both from 1. */
export interface CodePlace {
  readonly line: number;
  readonly column: number;
}

export interface AskedRow {
  readonly input: string;
  /** The key as a JSON object. */
  readonly key: string;
}

export interface KnownRow extends AskedRow {
  /** Undefined when there is no such row. */
  readonly row: string | undefined;
}

export type TransformRequest =
  | {
      readonly kind: 'open';
      /** The built program of `guest/`. */
      readonly guest: string;
      /** The built transform. */
      readonly code: string;
      /** For stack traces. */
      readonly file: string;
      readonly setup: GuestSetup;
      readonly recordMs: number;
    }
  | { readonly kind: 'know'; readonly rows: readonly KnownRow[] }
  | { readonly kind: 'forget' }
  | { readonly kind: 'run'; readonly input: string; readonly records: readonly string[] };

export type TransformReply =
  | { readonly kind: 'opened'; readonly functions: readonly string[] }
  | { readonly kind: 'refused'; readonly message: string; readonly at?: CodePlace }
  | { readonly kind: 'ran'; readonly outcomes: readonly RecordOutcome[] };
