/** What a stream needs from time to time: flushes, dropping what is old, merges. Each step leaves room for others between. */
import { codeOf, messageOf } from '../base/errors.ts';
import { mergeHistory } from './compact-history.ts';
import { mergeState } from './compact-state.ts';
import { flushOnce } from './flush.ts';
import { dropOld, hasOldRuns } from './retention.ts';
import type { StreamStore } from './stream-store.ts';

/** Steps of one kind that one round takes at most; the rest waits for the next. */
const STEPS_MAX = 64;

/** True when `maintainStream` would find something to do. */
export function needsCare(store: StreamStore): boolean {
  if (store.pause.isOn) return false;
  return (
    isFlushDue(store) ||
    store.mayMerge(isIdle(store)) ||
    datasetNames(store).some((name) => hasOldRuns(store, name))
  );
}

/** Does all that is due. A failure is logged, and the stream is left alone for a while. */
export async function maintainStream(store: StreamStore): Promise<void> {
  try {
    for (let step = 0; step < STEPS_MAX && isFlushDue(store); step++) {
      await store.work.flush(() => flushOnce(store));
      // While records come faster than they are flushed, flushing comes first.
      if (isFlushDue(store) && runsMost(store) < store.context.limits.unmergedRunsMax) continue;
      await mergeRuns(store);
    }
    for (const name of datasetNames(store)) await store.exclusive.run(() => dropOld(store, name));
    await mergeRuns(store);
    store.pause.succeeded();
  } catch (thrown) {
    store.work.failed();
    store.pause.failed();
    store.context.log.error('A stream could not be flushed or compacted; it is tried again later', {
      stream: store.stream,
      code: codeOf(thrown),
      reason: messageOf(thrown),
    });
  }
}

/** Merges runs until none is due. */
export async function mergeRuns(store: StreamStore): Promise<void> {
  const idle = isIdle(store);
  for (const name of datasetNames(store)) {
    for (let step = 0; step < STEPS_MAX; step++) {
      const merged = await store.exclusive.run(() =>
        store.work.merge(
          async () => (await mergeHistory(store, name)) || (await mergeState(store, name, idle)),
        ),
      );
      if (!merged) break;
    }
  }
  if (!store.isJustStarted) store.noteMerged(idle);
}

function runsMost(store: StreamStore): number {
  return Math.max(0, ...Object.values(store.manifest.datasets).map(({ history }) => history.length));
}

function isFlushDue(store: StreamStore): boolean {
  const { clock, journal, limits } = store.context;
  if (store.waitingSinceMs === undefined) return false;
  const ageMs = clock.nowMs() - store.waitingSinceMs;
  if (ageMs >= limits.flushAgeSmallMs || (isIdle(store) && store.isReadOften)) return true;
  if (journal.head(store.stream) - store.manifest.flushed >= limits.flushRecords) return true;
  const bytes = journal.heldBytes(store.stream);
  return bytes >= limits.flushBytes || (ageMs >= limits.flushAgeMs && bytes >= limits.flushSmallBytes);
}

function isIdle(store: StreamStore): boolean {
  return store.context.clock.nowMs() - store.appendedMs >= store.context.limits.idleMs;
}

function datasetNames(store: StreamStore): readonly string[] {
  return Object.keys(store.manifest.datasets);
}
