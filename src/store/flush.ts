/** Durable flush: journaled blocks become runs, and the journal lets go of them. */
import { assert } from '../base/assert.ts';
import { crashPoint } from '../base/crash-points.ts';
import { codeOf, messageOf } from '../base/errors.ts';
import { keyFieldsOf } from '../schema/field.ts';
import { type DatasetManifest, type Run, type StateRun, withDataset } from './run.ts';
import { copyStaged, makeFolderFor, stateOfHistorySql } from './run-writer.ts';
import { storedColumns } from './source-sql.ts';
import { type StagedDataset, stageBlocks, unstage } from './stage-blocks.ts';
import { withColumns } from './stored-schema.ts';
import { isStateCurrent, type StreamStore } from './stream-store.ts';
import { sealRun, writeState } from './write-state.ts';

/** Flushes at most `flushBytesMax`; true when more is waiting. Only inside `exclusively`. */
export async function flushOnce(store: StreamStore): Promise<boolean> {
  const { journal, limits, temporaryFile } = store.context;
  const from = store.manifest.flushed + 1;
  const to = journal.head(store.stream);
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
  const rows = await copyStaged(writer, dataset, part.path, store.pathOf(file), limits.writeDeadlineMs);
  assert(rows === part.rows, 'a run holds as many records as were journaled');
  crashPoint('store.after-history-run');
  const run = await sealRun(store, file, part, schema);
  const state = keyFieldsOf(dataset).length > 0 ? await flushState(store, part, manifest, run) : undefined;
  return {
    ...manifest,
    history: [...manifest.history, run],
    state: state ? [...manifest.state, state] : manifest.state,
  };
}

/** The state of the new records; undefined when it cannot be added, so that reads take these records from history. */
async function flushState(
  store: StreamStore,
  part: StagedDataset,
  manifest: DatasetManifest,
  history: Run,
): Promise<StateRun | undefined> {
  if (!isStateCurrent(manifest)) return undefined;
  const dataset = store.datasetOrRaw(part.dataset);
  const select = stateOfHistorySql(dataset, store.pathOf(history.file));
  const complete = manifest.state.length === 0;
  try {
    const written = await writeState(store, dataset, { manifest, select, complete, span: history });
    crashPoint('store.after-state-run');
    return written.state;
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENGINE_SQL') throw thrown;
    store.context.log.error(
      'The state of new records could not be computed; they are kept, and reads will tell',
      {
        stream: store.stream,
        dataset: part.dataset,
        first: part.first,
        last: part.last,
        reason: messageOf(thrown),
      },
    );
    return undefined;
  }
}
