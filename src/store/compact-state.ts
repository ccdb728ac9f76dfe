/**
 * Makes state runs out of history, and merges them. State is derived: what is missing or damaged is made again.
 *
 * New records first stay in history alone, where reads reduce them. When they are many, they become a state run of their own,
 * a *delta*; when deltas and new records together are large beside the base, or nothing else happens, all become the base.
 */
import { crashPoint } from '../base/crash-points.ts';
import { codeOf, messageOf, WharfError } from '../base/errors.ts';
import { type Dataset, keyFieldsOf } from '../schema/field.ts';
import { reduceRowsSql } from '../schema/reduce-sql.ts';
import type { DatasetManifest, StateRun } from './run.ts';
import { checkRuns, durableRuns, planSources, runSource } from './run-sources.ts';
import { planHistory, planSnapshot, type SnapshotPlan } from './snapshot-plan.ts';
import { mergedStateSql } from './snapshot-sql.ts';
import { historySql, recordsAsStateSql, stateRowsSql, storedColumns } from './source-sql.ts';
import { coveredBy, dueStateWork, type StateWork } from './state-policy.ts';
import type { StreamStore } from './stream-store.ts';
import { spanOf, writeState } from './write-state.ts';

interface Written {
  readonly manifest: DatasetManifest;
  readonly state: StateRun;
}

/** Does one piece of work if one is due; true when it did. Only inside `exclusive`. */
export async function mergeState(store: StreamStore, name: string, idle: boolean): Promise<boolean> {
  const manifest = store.datasetManifest(name);
  const dataset = store.datasetOrRaw(name);
  if (keyFieldsOf(dataset).length === 0 || store.isStateBlocked(name)) return false;
  const use = { idle, reads: store.reads.of(name), justStarted: store.isJustStarted };
  const work = dueStateWork(manifest, store.context.limits, use);
  if (!work) return false;
  try {
    await store.commitDataset(name, await doWork(store, dataset, manifest, { ...work, idle }));
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === 'ENGINE_SQL') return blockState(store, name, thrown);
    return forgetDamaged(store, name, manifest, thrown);
  }
}

async function doWork(
  store: StreamStore,
  dataset: Dataset,
  manifest: DatasetManifest,
  work: StateWork & { readonly idle: boolean },
): Promise<DatasetManifest> {
  if (work.kind === 'merge') return mergeDeltas(store, dataset, manifest, work);
  if (work.kind === 'delta') {
    const written = await writeDelta(store, dataset, manifest);
    return { ...written.manifest, state: [...manifest.state, written.state] };
  }
  const position = Math.max(manifest.history.at(-1)?.last ?? 0, coveredBy(manifest));
  const written = await writeStateAt(store, dataset, manifest, position, work.idle);
  store.reads.forget(dataset.name);
  return { ...written.manifest, state: [written.state] };
}

async function mergeDeltas(
  store: StreamStore,
  dataset: Dataset,
  manifest: DatasetManifest,
  range: { readonly from: number; readonly to: number },
): Promise<DatasetManifest> {
  const runs = manifest.state.slice(range.from, range.to);
  await checkRuns(store, runs);
  const sources = runs.map((run) => runSource(store, manifest, run));
  const select = reduceRowsSql(dataset, stateRowsSql(storedColumns(dataset), sources));
  const written = await writeState(store, dataset, {
    ...{ manifest, select, complete: false, forScans: false },
    span: spanOf(runs),
  });
  crashPoint('store.after-state-run');
  const state = [...manifest.state.slice(0, range.from), written.state, ...manifest.state.slice(range.to)];
  return { ...written.manifest, state };
}

/** The state of the records that no state run stands for yet. */
async function writeDelta(store: StreamStore, dataset: Dataset, manifest: DatasetManifest): Promise<Written> {
  const after = coveredBy(manifest);
  const through = manifest.history.at(-1)?.last ?? after;
  const { history } = planHistory({ ...manifest, flushed: store.manifest.flushed, tail: [] }, after, through);
  const plan: SnapshotPlan = { base: undefined, deltas: [], history, tail: [] };
  await checkRuns(store, durableRuns(plan));
  const records = historySql(storedColumns(dataset), planSources(store, manifest, plan).history);
  const select = reduceRowsSql(dataset, recordsAsStateSql(dataset, records));
  const span = { ...spanOf(durableRuns(plan)), first: after + 1 };
  const written = await writeState(store, dataset, {
    manifest,
    select,
    complete: false,
    forScans: false,
    span,
  });
  crashPoint('store.after-state-run');
  return written;
}

/** Writes the complete state at a flushed position. */
export async function writeStateAt(
  store: StreamStore,
  dataset: Dataset,
  manifest: DatasetManifest,
  position: number,
  forScans: boolean,
): Promise<Written> {
  const { flushed } = store.manifest;
  const plan = planSnapshot({ ...manifest, keyed: true, flushed, tail: [] }, position);
  const runs = durableRuns(plan);
  await checkRuns(store, runs);
  const select = mergedStateSql(dataset, planSources(store, manifest, plan));
  const span = { ...spanOf(runs), last: position };
  const written = await writeState(store, dataset, { manifest, select, complete: true, forScans, span });
  crashPoint('store.after-state-run');
  return written;
}

/** The records are kept, reads reduce them and tell; trying again at once would fail again. */
function blockState(store: StreamStore, name: string, thrown: unknown): boolean {
  store.context.log.error('The state of a dataset could not be computed; reads will tell', {
    stream: store.stream,
    dataset: name,
    reason: messageOf(thrown),
  });
  store.blockState(name);
  return false;
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
