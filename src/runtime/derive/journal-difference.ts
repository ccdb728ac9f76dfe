/**
 * Journals one cycle's difference so that consumers see all of it or nothing, with the positions that it was computed from in the
 * commit of its last record.
 *
 * What fits into one commit is one commit. More than that is journaled behind a hold (see `published.ts`). After a crash in
 * between, the next cycle compares with what is journaled already, and its last commit releases the hold. A part of a first answer
 * (`first-parts.ts`) leaves the hold to the part after it.
 */
import { crashPoint } from '../../base/crash-points.ts';
import type { Append, CursorUpdate } from '../../journal/journal.ts';
import { waitForJournalRoom } from '../capture/journal-room.ts';
import type { Services } from '../capture/services.ts';
import type { Derivation } from './derivation.ts';
import type { DeriveCursor } from './derive-cursor.ts';
import { deriveTaskName } from './derive-cursor.ts';
import { tellRecords } from './derive-progress.ts';
import type { DerivedDifference } from './derived-difference.ts';

/** More than this is journaled in several commits. A single record may exceed it. */
const COMMIT_BYTES_MAX = 16 * 1024 * 1024;

/** Resolves to the cursor as it was journaled. After the signal no commit follows the one under way: the rest is for the next cycle. */
export async function journalDifference(
  { services, product, plan, onProgress }: Derivation,
  difference: DerivedDifference,
  reached: Omit<DeriveCursor, 'position'>,
  signal: AbortSignal,
): Promise<DeriveCursor> {
  const { journal, published } = services;
  const stream = product.id;
  const total = difference.deletes.count + difference.upserts.count;
  // What a cycle that was cut off journaled of the same difference counts as done.
  const before = published.isHeld(stream) ? journal.head(stream) - published.position(stream) : 0;
  const tell = tellRecords(onProgress, 'journaling');
  let journaled = 0;
  let waiting: readonly Append[] | undefined;
  for await (const group of groups(stream, plan.dataset.name, difference)) {
    if (waiting) {
      const cursors: CursorUpdate[] = [published.hold(stream)];
      await journal.commit({ appends: waiting, cursors });
      crashPoint('derive.between-commits');
      journaled += countOf(waiting);
      tell?.(before + journaled, before + total);
      signal.throwIfAborted();
      await waitForJournalRoom(services, stream, signal);
    }
    waiting = group;
  }
  const appends = waiting ?? [];
  const position = journal.head(stream) + countOf(appends);
  const cursor: DeriveCursor = { ...reached, position };
  await commitLast(services, stream, [...appends, ...difference.alongside], cursor);
  return cursor;
}

function countOf(appends: readonly Append[]): number {
  return appends.reduce((sum, append) => sum + append.count, 0);
}

async function commitLast(
  { journal, published }: Services,
  stream: string,
  appends: readonly Append[],
  cursor: DeriveCursor,
): Promise<void> {
  const isReleased = !cursor.isPart && published.isHeld(stream);
  const release = isReleased ? [published.releasing(stream, cursor.position)] : [];
  const hold = cursor.isPart ? [published.hold(stream)] : [];
  crashPoint('derive.before-commit');
  await journal.commit({
    appends,
    cursors: [{ task: deriveTaskName(stream), value: cursor }, ...hold, ...release],
  });
  crashPoint('derive.after-commit');
  if (isReleased) published.release(stream, cursor.position);
}

/** The difference in parts that each fit into a commit; deletes first, so that no key is counted twice in between. */
async function* groups(
  stream: string,
  dataset: string,
  difference: DerivedDifference,
): AsyncGenerator<readonly Append[]> {
  let group: Append[] = [];
  let bytes = 0;
  for (const op of ['deletes', 'upserts'] as const) {
    if (difference[op].count === 0) continue;
    for await (const chunk of difference[op].chunks()) {
      if (group.length > 0 && bytes + chunk.bytes.length > COMMIT_BYTES_MAX) {
        yield group;
        group = [];
        bytes = 0;
      }
      const { count } = chunk;
      const append = { stream, dataset, count, body: chunk.bytes };
      group.push(
        op === 'upserts' ? append : { ...append, deletes: Array.from({ length: count }, (_, i) => i) },
      );
      bytes += chunk.bytes.length;
    }
  }
  if (group.length > 0) yield group;
}
