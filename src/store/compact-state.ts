/**
 * Merges state runs. Small ones become larger ones; all of them become the base when together they are large beside it, or
 * when nothing else happens. State is derived: what is missing or damaged is made again from history.
 */
import { codeOf, messageOf, WharfError } from '../base/errors.ts';
import { type Dataset, keyFieldsOf } from '../schema/field.ts';
import { reduceRowsSql } from '../schema/reduce-sql.ts';
import { type MergeRange, pickMerge } from './merge-policy.ts';
import type { DatasetManifest, StateRun } from './run.ts';
import { checkRuns, durableRuns, planSources, runSource } from './run-sources.ts';
import { planSnapshot, type SnapshotPlan } from './snapshot-plan.ts';
import { mergedStateSql } from './snapshot-sql.ts';
import { stateRowsSql, storedColumns } from './source-sql.ts';
import { isStateCurrent, type StreamStore } from './stream-store.ts';
import { spanOf, writeState } from './write-state.ts';

/** Does one merge if one is due; true when it did. Only inside `exclusively`. */
export async function mergeState(store: StreamStore, name: string, idle: boolean): Promise<boolean> {
  const manifest = store.datasetManifest(name);
  const dataset = store.datasetOrRaw(name);
  if (keyFieldsOf(dataset).length === 0) return false;
  try {
    if (!isStateCurrent(manifest)) return await completeState(store, dataset, manifest);
    const range = dueMerge(store, manifest.state, idle);
    if (!range) return false;
    await mergeRange(store, dataset, manifest, range);
    return true;
  } catch (thrown) {
    return forgetDamaged(store, name, manifest, thrown);
  }
}

function dueMerge(store: StreamStore, state: readonly StateRun[], idle: boolean): MergeRange | undefined {
  const { limits } = store.context;
  const [base, ...deltas] = state;
  if (!base || deltas.length === 0) return undefined;
  const share = idle ? limits.baseShareIdle : limits.baseShareBusy;
  const newRows = deltas.reduce((sum, run) => sum + run.rows, 0);
  if (newRows >= base.rows * share || (idle && base.rows <= limits.baseRowsCheap))
    return { from: 0, to: state.length };
  const range = pickMerge(deltas, { fanIn: limits.mergeFanIn, runsMax: limits.runsMax - 1 });
  return range && { from: range.from + 1, to: range.to + 1 };
}

async function mergeRange(
  store: StreamStore,
  dataset: Dataset,
  manifest: DatasetManifest,
  range: MergeRange,
): Promise<void> {
  const [first, ...more] = manifest.state.slice(range.from, range.to);
  if (!first) return;
  await checkRuns(store, [first, ...more]);
  const sources = [first, ...more].map((run) => runSource(store, manifest, run));
  const select = first.complete
    ? mergedStateSql(dataset, { base: sources[0], deltas: sources.slice(1), history: [], newerRows: 0 })
    : reduceRowsSql(dataset, stateRowsSql(storedColumns(dataset), sources));
  const span = spanOf([first, ...more]);
  const written = await writeState(store, dataset, { manifest, select, complete: first.complete, span });
  const state = [...manifest.state.slice(0, range.from), written.state, ...manifest.state.slice(range.to)];
  await store.commitDataset(dataset.name, { ...written.manifest, state });
}

/** Makes one complete state of all that is flushed. */
async function completeState(
  store: StreamStore,
  dataset: Dataset,
  manifest: DatasetManifest,
): Promise<boolean> {
  if (store.isStateBlocked(dataset.name)) return false;
  try {
    const position = manifest.history.at(-1)?.last ?? manifest.floor;
    const written = await writeStateAt(store, dataset, manifest, position);
    await store.commitDataset(dataset.name, { ...written.manifest, state: [written.state] });
    return true;
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENGINE_SQL') throw thrown;
    store.context.log.error('The state of a dataset could not be computed; reads will tell', {
      stream: store.stream,
      dataset: dataset.name,
      reason: messageOf(thrown),
    });
    store.blockState(dataset.name);
    return false;
  }
}

/** Writes the complete state at a flushed position. */
export async function writeStateAt(
  store: StreamStore,
  dataset: Dataset,
  manifest: DatasetManifest,
  position: number,
): Promise<{ readonly manifest: DatasetManifest; readonly state: StateRun }> {
  const { flushed } = store.manifest;
  const plan: SnapshotPlan = planSnapshot({ ...manifest, keyed: true, flushed, tail: [] }, position);
  const runs = durableRuns(plan);
  await checkRuns(store, runs);
  const select = mergedStateSql(dataset, planSources(store, manifest, plan));
  const [first, ...more] = runs;
  const span = first ? spanOf([first, ...more]) : { first: 1, timeFromUs: 0, timeToUs: 0 };
  return writeState(store, dataset, { manifest, select, complete: true, span: { ...span, last: position } });
}

/** A bad state run, and those after it, are forgotten; the next round makes them again. */
async function forgetDamaged(
  store: StreamStore,
  name: string,
  manifest: DatasetManifest,
  thrown: unknown,
): Promise<boolean> {
  const path =
    thrown instanceof WharfError && thrown.code === 'RUN_DAMAGED' ? thrown.details?.path : undefined;
  const at = manifest.state.findIndex((run) => store.pathOf(run.file) === path);
  if (at < 0) throw thrown;
  await store.forgetState(name, at);
  return true;
}
