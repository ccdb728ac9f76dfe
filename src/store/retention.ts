/**
 * Drops history that a product no longer keeps. For a keyed dataset the state at the cut is kept in its stead, the *floor*: all
 * later positions stay readable. For a dataset without a key the old records are gone.
 */
import { crashPoint } from '../base/crash-points.ts';
import { keyFieldsOf } from '../schema/field.ts';
import { writeStateAt } from './compact-state.ts';
import type { DatasetManifest, Run } from './run.ts';
import type { StreamStore } from './stream-store.ts';

/** Dropping rewrites the floor, so it waits until this share of what is kept has become too old. */
const SLACK_SHARE = 16;

/** Drops what is due of the dataset; true when it did. Only inside `exclusive`. */
export async function dropOld(store: StreamStore, name: string): Promise<boolean> {
  const manifest = store.datasetManifest(name);
  const old = oldRuns(store, manifest);
  const last = old.at(-1);
  if (!last) return false;
  const history = manifest.history.slice(old.length);
  const cut = { floor: last.last, floorTimeUs: last.timeToUs, history };
  const dataset = store.datasetOrRaw(name);
  if (keyFieldsOf(dataset).length === 0) {
    await store.commitDataset(name, { ...manifest, ...cut });
    return true;
  }
  const kept = await writeStateAt(store, dataset, manifest, last.last, false);
  crashPoint('store.before-drop');
  // A state that ends before the floor could only be gone on from with records that are dropped now.
  const state = (kept.manifest.state.at(-1)?.last ?? 0) < cut.floor ? [] : kept.manifest.state;
  await store.commitDataset(name, { ...kept.manifest, ...cut, state, floorState: kept.state });
  return true;
}

/** True when `dropOld` would drop something. */
export function hasOldRuns(store: StreamStore, name: string): boolean {
  return oldRuns(store, store.datasetManifest(name)).length > 0;
}

/** The runs, from the oldest, that are wholly older than what is kept. */
function oldRuns(store: StreamStore, manifest: DatasetManifest): readonly Run[] {
  const keptMs = store.schema.historyMs;
  const oldest = manifest.history[0];
  if (keptMs === undefined || !oldest) return [];
  const cutUs = (store.context.clock.nowMs() - keptMs) * 1_000;
  if (oldest.timeFromUs >= cutUs - (keptMs * 1_000) / SLACK_SHARE) return [];
  const firstKept = manifest.history.findIndex((run) => run.timeToUs >= cutUs);
  return firstKept < 0 ? manifest.history : manifest.history.slice(0, firstKept);
}
