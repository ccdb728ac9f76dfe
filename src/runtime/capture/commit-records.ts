import { crashPoint } from '../../base/crash-points.ts';
import type { Append, CursorUpdate, Journal } from '../../journal/journal.ts';
import type { SliceVerdict } from '../../schema/slice.ts';
import { type RejectRecord, rejectsAppend } from '../rejects/reject-record.ts';
import type { Destination } from './destination.ts';

export interface CapturedRecords {
  readonly appends: readonly Append[];
  readonly rejects: readonly RejectRecord[];
  readonly cursors: readonly CursorUpdate[];
}

/** Records, rejects and how far the source is read, in one commit. */
export async function commitRecords(
  journal: Journal,
  { appends, rejects, cursors }: CapturedRecords,
): Promise<void> {
  const all = rejects.length > 0 ? [...appends, rejectsAppend(rejects)] : appends;
  crashPoint('capture.before-commit');
  await journal.commit({ appends: all, cursors });
  crashPoint('capture.after-commit');
}

/** None when nothing was accepted. */
export function appendsOf({ stream, dataset }: Destination, verdict: SliceVerdict): Append[] {
  if (verdict.count === 0) return [];
  return [{ stream, dataset: dataset.name, count: verdict.count, body: verdict.accepted }];
}
