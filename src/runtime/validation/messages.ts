/** What goes between the main thread and a validation thread. */
import type { Dataset } from '../../schema/field.ts';
import type { Slice, SliceVerdict } from '../../schema/slice.ts';

export type ValidationOp = 'upsert' | 'delete';

export type ToWorker =
  /** Declares the contract that later slices name by `contract`. */
  | {
      readonly kind: 'contract';
      readonly contract: number;
      readonly dataset: Dataset;
      readonly op: ValidationOp;
    }
  | { readonly kind: 'slice'; readonly job: number; readonly contract: number; readonly slice: Slice };

export type FromWorker =
  | { readonly kind: 'verdict'; readonly job: number; readonly verdict: SliceVerdict }
  /** All that was accepted is this part of the slice's bytes, which the main thread still has. */
  | {
      readonly kind: 'as-sent';
      readonly job: number;
      readonly from: number;
      readonly to: number;
      readonly verdict: Omit<SliceVerdict, 'accepted'>;
    }
  | { readonly kind: 'failed'; readonly job: number; readonly message: string };

/** Places in the array shared with a thread: the job it is working on (0 for none), and since when (ms, wrapped to 31 bits). */
export const WORKING_ON = 0;
export const WORKING_SINCE = 1;

/** Milliseconds wrapped so that they fit a shared 32-bit integer. */
export function wrappedMs(): number {
  return Date.now() & 0x7fff_ffff;
}
