/** Durable flush: journaled blocks become runs, and the journal lets go of them. */
import { assert } from '../base/assert.ts';
import { crashPoint } from '../base/crash-points.ts';
import { type DatasetManifest, withDataset } from './run.ts';
import { copyStaged, makeFolderFor } from './run-writer.ts';
import { storedColumns } from './source-sql.ts';
import { type StagedDataset, stageBlocks, unstage } from './stage-blocks.ts';
import { withColumns } from './stored-schema.ts';
import type { StreamStore } from './stream-store.ts';
import { sealRun } from './write-state.ts';

/** Flushes at most `flushBytesMax`; true when more is waiting. */
export function flushOnce(store: StreamStore): Promise<boolean> {
  return store.exclusive.runFlush(() => flush(store));
}

/**
 * For a reader that needs much of what is not flushed: waits for the flush that writes it down, and starts one that is due, rather
 * than have the same work done once more beside it. What the flush runs into is told by `maintain`.
 */
export async function joinFlush(store: StreamStore, position: number): Promise<void> {
  const { journal, limits } = store.context;
  while (store.manifest.flushed < position && !store.tail.covers(position)) {
    const before = store.manifest.flushed;
    const isDue = store.exclusive.isAtRest && journal.heldBytes(store.stream) >= limits.joinFlushBytes;
    if (isDue) await flushOnce(store).catch(() => undefined);
    else await store.exclusive.flushing;
    if (store.manifest.flushed === before) return;
  }
}

async function flush(store: StreamStore): Promise<boolean> {
  const { journal, limits, temporaryFile } = store.context;
  const from = store.manifest.flushed + 1;
  const to = journal.head(store.stream);
  await store.letGo();
  if (from > to) return false;
  const staged = await stageBlocks({
    journal,
    stream: store.stream,
    from,
    to,
    bytesMax: limits.flushBytesMax,
    temporaryFile,
  });
  try {
    let manifest = { ...store.manifest, flushed: staged.through };
    for (const part of staged.datasets) {
      manifest = withDataset(manifest, part.dataset, await flushDataset(store, part));
    }
    await store.commit(manifest);
  } finally {
    await unstage(staged.datasets);
  }
  return journal.head(store.stream) > staged.through;
}

async function flushDataset(store: StreamStore, part: StagedDataset): Promise<DatasetManifest> {
  const dataset = store.datasetOrRaw(part.dataset);
  const { manifest, schema } = withColumns(store.datasetManifest(part.dataset), storedColumns(dataset));
  const { writer, limits } = store.context;
  const file = store.newFile('history', part.dataset);
  await makeFolderFor(store.pathOf(file));
  const rows = await copyStaged(writer, dataset, part, store.pathOf(file), limits.writeDeadlineMs);
  assert(rows === part.rows, 'a run holds as many records as were journaled');
  crashPoint('store.after-history-run');
  const run = await sealRun(store, file, part, schema);
  return { ...manifest, history: [...manifest.history, run] };
}
