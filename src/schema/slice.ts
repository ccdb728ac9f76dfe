/** Slices: what goes to a validation thread, and what comes back. */
import type { Framing } from './framing.ts';

/** Whole records, as a source cut them. */
export interface Slice {
  readonly bytes: Uint8Array;
  readonly framing: Framing;
  /** The line (or item, from 1) at which the first record stands in its source. */
  readonly line: number;
}

/** One reason why a record breaks its contract. */
export interface Reason {
  /** `FIELD_REQUIRED`, `TYPE_MISMATCH`, `BELOW_MIN`, `JSON_INVALID`, ... */
  readonly code: string;
  /** JSON pointer into the record; empty for the record itself. */
  readonly pointer: string;
  /** One sentence with the value quoted (shortened). */
  readonly message: string;
}

export interface SliceReject {
  /** As counted from the slice's `line`. */
  readonly line: number;
  /** Which record of the slice, from 0. */
  readonly index: number;
  /** The record's own text, cut at DOCUMENT_TEXT_MAX characters; bytes that are not UTF-8 shown as U+FFFD. */
  readonly document: string;
  /** All of them up to REASONS_MAX, ordered by pointer; never empty. */
  readonly reasons: readonly Reason[];
}

export interface SliceVerdict {
  /** The accepted documents in journal form, one a line, each ended by a line feed. Often a part of the slice's own bytes. */
  readonly accepted: Uint8Array;
  readonly count: number;
  /** For each accepted document, which record of the slice it was; undefined when all were accepted. */
  readonly indices: readonly number[] | undefined;
  readonly rejects: readonly SliceReject[];
}

export const DOCUMENT_TEXT_MAX = 64 * 1024;
