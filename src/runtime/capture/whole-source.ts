import type { CursorUpdate } from '../../journal/journal.ts';
import type { CaptureBatch } from '../../kit/input.ts';
import type { SliceVerdict } from '../../schema/slice.ts';
import type { RejectRecord } from '../rejects/reject-record.ts';

/** One batch of a source that is read as a whole again. */
export interface WholePart {
  readonly whole: NonNullable<CaptureBatch['whole']>;
  readonly verdict: SliceVerdict;
  readonly rejects: readonly RejectRecord[];
  /** Becomes durable with the last record of the whole. */
  readonly cursor: CursorUpdate;
}

/** What becomes of a source that is read as a whole again: only its difference to what is there is journaled. */
export interface WholeSource {
  settle(part: WholePart): Promise<void>;
  /** Lets go of a whole that was broken off, or is done. */
  drop?(): Promise<void>;
}
