/** Durable runs of a stream as sources of SQL, and the check that they are what was written. */
import type { DatasetManifest, Run } from './run.ts';
import type { HistoryPart, SnapshotPlan } from './snapshot-plan.ts';
import type { SourcedPlan } from './snapshot-sql.ts';
import type { Source } from './source-sql.ts';
import type { StreamStore } from './stream-store.ts';

/** Rejects with RUN_DAMAGED. */
export async function checkRuns(store: StreamStore, runs: readonly Run[]): Promise<void> {
  for (const run of runs) await store.context.checker.check({ ...run, path: store.pathOf(run.file) });
}

export function runSource(store: StreamStore, manifest: DatasetManifest, run: Run): Source {
  return { path: store.pathOf(run.file), schema: store.schemaOf(manifest, run.schema) };
}

/** The plan with its files; the tail comes last, because it holds the newest records. */
export function planSources(store: StreamStore, manifest: DatasetManifest, plan: SnapshotPlan): SourcedPlan {
  const durable = plan.history.map((part) => ({ ...runSource(store, manifest, part.run), ...rangeOf(part) }));
  const tail = plan.tail.map((part) => ({ path: part.run.path, schema: part.run.schema, ...rangeOf(part) }));
  const newer = [...plan.deltas, ...[...plan.history, ...plan.tail].map((part) => part.run)];
  const all = [...(plan.base ? [plan.base] : []), ...newer];
  return {
    base: plan.base && runSource(store, manifest, plan.base),
    deltas: plan.deltas.map((run) => runSource(store, manifest, run)),
    history: [...durable, ...tail],
    bytes: all.reduce((sum, run) => sum + run.bytes, 0),
    newerRows: newer.reduce((sum, run) => sum + run.rows, 0),
  };
}

/** All durable runs of a plan. */
export function durableRuns(plan: SnapshotPlan): readonly Run[] {
  return [...stateRuns(plan), ...plan.history.map((part) => part.run)];
}

export function stateRuns(plan: SnapshotPlan): readonly Run[] {
  return [...(plan.base ? [plan.base] : []), ...plan.deltas];
}

function rangeOf(part: HistoryPart<unknown>): Pick<Source, 'after' | 'through'> {
  return { after: part.after, through: part.through };
}
