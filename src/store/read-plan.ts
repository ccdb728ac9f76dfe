/** Opens the runs of a read: decides which, pins them, and makes sure that they are what was written. */
import { codeOf, WharfError } from '../base/errors.ts';
import type { Dataset } from '../schema/field.ts';
import { joinFlush } from './flush.ts';
import { READ_ATTEMPTS_MAX } from './limits.ts';
import type { DatasetManifest, Run, StateRun } from './run.ts';
import { checkRuns, durableRuns, planSources, stateRuns } from './run-sources.ts';
import { planHistory, planSnapshot, refuseGone, type SnapshotPlan } from './snapshot-plan.ts';
import type { SourcedPlan } from './snapshot-sql.ts';
import { isSlowToScan } from './state-policy.ts';
import type { StreamStore } from './stream-store.ts';

/** Files that stay until `release` is called. */
export interface PinnedPlan {
  readonly plan: SourcedPlan;
  readonly base: StateRun | undefined;
  release(): void;
}

/** The runs that show the dataset at the position. Throws POSITION_UNKNOWN, POSITION_GONE, RUN_DAMAGED. */
export async function openSnapshot(
  store: StreamStore,
  dataset: Dataset,
  position: number,
): Promise<PinnedPlan> {
  await coverPosition(store, position);
  const opened = await openPlan(store, dataset.name, (manifest) => {
    refuseGone(store.stream, position, manifest.floor);
    const keyed = dataset.key !== 'none';
    return planSnapshot({ ...manifest, ...tailOf(store, dataset.name), keyed }, position);
  });
  const { base, plan } = opened;
  const isSlow = plan.newerRows > 0 || (base && isSlowToScan(base));
  if (dataset.key !== 'none' && isSlow) store.noteRead(dataset.name);
  return opened;
}

/** The records in (after, through], and the state at the floor when `fromFloor` is wanted. Throws as `openSnapshot`. */
export async function openHistory(
  store: StreamStore,
  dataset: string,
  range: { after: number; through: number; fromFloor?: boolean },
): Promise<PinnedPlan> {
  await coverPosition(store, range.through);
  return openPlan(store, dataset, (manifest) => {
    const base = range.fromFloor ? manifest.floorState : undefined;
    const after = range.fromFloor ? manifest.floor : range.after;
    return {
      base,
      deltas: [],
      ...planHistory({ ...manifest, ...tailOf(store, dataset) }, after, range.through),
    };
  });
}

function tailOf(store: StreamStore, dataset: string) {
  return { flushed: store.manifest.flushed, tail: store.tail.runs(dataset) };
}

async function coverPosition(store: StreamStore, position: number): Promise<void> {
  const head = store.context.journal.head(store.stream);
  if (position > head) {
    throw new WharfError(
      'POSITION_UNKNOWN',
      `Position ${position} of ${store.stream} is not there yet; the last one is ${head}.`,
      {
        hint: 'Read at an earlier position, or wait until records have come.',
        place: { product: store.stream, position },
      },
    );
  }
  if (position <= store.manifest.flushed) return;
  await joinFlush(store, position);
  await store.tail.cover(position);
}

/** Deciding and pinning happen in one turn, so no file can go between them. */
async function openPlan(
  store: StreamStore,
  dataset: string,
  decide: (manifest: DatasetManifest) => SnapshotPlan,
): Promise<PinnedPlan> {
  for (let attempt = 1; ; attempt++) {
    const manifest = store.datasetManifest(dataset);
    const plan = decide(manifest);
    const durable = durableRuns(plan);
    const paths = [
      ...durable.map((run) => store.pathOf(run.file)),
      ...plan.tail.map((part) => part.run.path),
    ];
    const release = store.context.pins.pin(paths);
    try {
      await checkRuns(store, durable);
      return { plan: planSources(store, manifest, plan), base: plan.base, release };
    } catch (thrown) {
      release();
      const bad = attempt < READ_ATTEMPTS_MAX ? damagedState(store, stateRuns(plan), thrown) : undefined;
      if (bad === undefined || !(await store.dropState(dataset, bad))) throw thrown;
    }
  }
}

/** The name of the state run that an error is about. */
function damagedState(store: StreamStore, state: readonly Run[], thrown: unknown): string | undefined {
  if (codeOf(thrown) !== 'RUN_DAMAGED' || !(thrown instanceof WharfError)) return undefined;
  return state.find((run) => store.pathOf(run.file) === thrown.details?.path)?.file;
}
