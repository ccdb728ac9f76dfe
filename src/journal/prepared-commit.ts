import { assert } from '../base/assert.ts';
import { formatBytes } from '../base/duration.ts';
import { WharfError } from '../base/errors.ts';
import { countLines } from '../base/line-file.ts';
import type { Append, Commit, Trim } from './journal.ts';
import { checkName, cursorKey } from './keys.ts';
import type { JournalLimits } from './limits.ts';
import type { Change } from './lmdb-file.ts';
import { sealEntry } from './sealed-entry.ts';

const LINE_FEED = 10;
const COUNT_MAX = 0xffff_ffff;

/** A commit that has been checked, so that nothing in it can make the group that it joins fail. */
export interface PreparedCommit {
  readonly appends: readonly Append[];
  readonly trims: readonly Trim[];
  readonly cursors: readonly Change[];
  readonly bytes: number;
}

/** Throws JOURNAL_NAME_INVALID, JOURNAL_COMMIT_TOO_LARGE, and for a broken promise of the caller's code. */
export function prepareCommit(commit: Commit, limits: Pick<JournalLimits, 'commitBytesMax'>): PreparedCommit {
  const appends = commit.appends ?? [];
  const trims = commit.trims ?? [];
  for (const append of appends) checkAppend(append);
  for (const trim of trims) checkName('stream', trim.stream);
  const cursors = (commit.cursors ?? []).map(({ task, value }): Change => {
    checkName('task', task);
    const key = cursorKey(task);
    return { key, value: value === undefined ? undefined : sealEntry(key, value) };
  });
  const bytes =
    appends.reduce((sum, append) => sum + append.body.length, 0) +
    cursors.reduce((sum, cursor) => sum + (cursor.value?.length ?? 0), 0);
  if (bytes > limits.commitBytesMax) {
    throw new WharfError(
      'JOURNAL_COMMIT_TOO_LARGE',
      `A commit of ${formatBytes(bytes)} is larger than the journal takes; expected at most ${formatBytes(limits.commitBytesMax)}.`,
      { hint: 'Send the records in smaller batches.' },
    );
  }
  return { appends, trims, cursors, bytes };
}

function checkAppend(append: Append): void {
  const { stream, dataset, count, body, deletes = [] } = append;
  checkName('stream', stream);
  checkName('dataset', dataset);
  assert(count >= 1 && count <= COUNT_MAX, `an append holds records: ${stream} has a count of ${count}`);
  const lines = countLines(body);
  assert(lines === count, `one document a line: ${stream} has a count of ${count}, but ${lines} lines`);
  assert(body.at(-1) === LINE_FEED, `each document ends with a line feed: ${stream}`);
  let before = -1;
  for (const index of deletes) {
    assert(
      Number.isInteger(index) && index > before && index < count,
      `deletes ascend within the body: ${index}`,
    );
    before = index;
  }
}
