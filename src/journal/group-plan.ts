import type { Committed, StreamId } from './journal.ts';
import { metaKey } from './keys.ts';
import type { Change, KeyFile } from './lmdb-file.ts';
import type { PreparedCommit } from './prepared-commit.ts';
import { sealEntry } from './sealed-entry.ts';
import { StreamDraft, type StreamState } from './stream-draft.ts';

export const TIME_KEY = metaKey('time');

export interface GroupPlan {
  readonly timeUs: number;
  readonly changes: readonly Change[];
  /** What each commit of the group gets, in order, once the changes are on disk. */
  readonly committed: readonly Committed[];
  readonly states: ReadonlyMap<StreamId, StreamState>;
  /** The streams that were appended to. */
  readonly grown: readonly StreamId[];
}

export interface GroupPlanOptions {
  readonly file: KeyFile;
  readonly stateOf: (stream: StreamId) => StreamState;
  readonly timeUs: number;
  readonly blockBytesMax: number;
}

/**
 * Works out, without writing anything, what a group of commits changes. Positions go on from the durable heads in the order
 * of the commits; so a group that fails has used none.
 */
export function planGroup(commits: readonly PreparedCommit[], options: GroupPlanOptions): GroupPlan {
  const { file, stateOf, timeUs, blockBytesMax } = options;
  const drafts = new Map<StreamId, StreamDraft>();
  const cursors = new Map<string, Change>();
  const draftOf = (stream: StreamId): StreamDraft => {
    const draft = drafts.get(stream) ?? new StreamDraft(stream, file, stateOf(stream));
    drafts.set(stream, draft);
    return draft;
  };
  const committed = commits.map((commit): Committed => {
    const positions = commit.appends.map((append) =>
      draftOf(append.stream).append(append, timeUs, blockBytesMax),
    );
    for (const cursor of commit.cursors) cursors.set(cursor.key.toString(), cursor);
    for (const { stream, through } of commit.trims) draftOf(stream).trim(through);
    return { positions, timeUs };
  });
  const finished = [...drafts].map(([stream, draft]) => ({
    stream,
    grew: draft.grew,
    ...draft.finish(timeUs),
  }));
  return {
    timeUs,
    changes: [
      ...finished.flatMap(({ changes }) => changes),
      ...cursors.values(),
      { key: TIME_KEY, value: sealEntry(TIME_KEY, timeUs) },
    ],
    committed,
    states: new Map(finished.map(({ stream, state }) => [stream, state])),
    grown: finished.filter(({ grew }) => grew).map(({ stream }) => stream),
  };
}
