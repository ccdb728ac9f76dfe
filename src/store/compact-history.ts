/** Merges history runs, so that reads open few files. Reads go on meanwhile: they keep the files that they have pinned. */
import { assert } from '../base/assert.ts';
import { type MergeRange, pickMerge } from './merge-policy.ts';
import type { DatasetManifest, Run } from './run.ts';
import { checkRuns, runSource } from './run-sources.ts';
import { copyHistory } from './run-writer.ts';
import { historySql } from './source-sql.ts';
import { unionColumns, withColumns } from './stored-schema.ts';
import type { StreamStore } from './stream-store.ts';
import { sealRun, spanOf } from './write-state.ts';

/** Runs are merged only within this share of the time that is kept, so that old ones can go one by one. */
const KEPT_SHARE = 8;

/** Does one merge if one is due; true when it did. Only inside `exclusive`. */
export async function mergeHistory(store: StreamStore, name: string): Promise<boolean> {
  const manifest = store.datasetManifest(name);
  const range = dueMerge(store, manifest);
  const [first, ...more] = range ? manifest.history.slice(range.from, range.to) : [];
  if (!range || !first) return false;
  const parts: readonly [Run, ...Run[]] = [first, ...more];
  await checkRuns(store, parts);
  const columns = unionColumns(parts.map((run) => store.schemaOf(manifest, run.schema)));
  const file = store.newFile('history', name);
  const select = historySql(
    columns,
    parts.map((run) => runSource(store, manifest, run)),
  );
  const { writer, limits } = store.context;
  const rows = await copyHistory(writer, { select, columns: columns.length }, store.pathOf(file), {
    deadlineMs: limits.writeDeadlineMs,
  });
  assert(
    rows === parts.reduce((sum, run) => sum + run.rows, 0),
    'merging runs loses no record and repeats none',
  );
  const { manifest: next, schema } = withColumns(manifest, columns);
  const merged = await sealRun(store, file, { ...spanOf(parts), rows }, schema);
  const history = [...manifest.history.slice(0, range.from), merged, ...manifest.history.slice(range.to)];
  await store.commitDataset(name, { ...next, history });
  return true;
}

function dueMerge(store: StreamStore, manifest: DatasetManifest): MergeRange | undefined {
  const { limits } = store.context;
  const spanUs = ((store.schema.historyMs ?? Number.POSITIVE_INFINITY) * 1_000) / KEPT_SHARE;
  return pickMerge(manifest.history, {
    fanIn: limits.mergeFanIn,
    runsMax: limits.runsMax,
    mayMerge: ({ from, to }) =>
      (manifest.history[to - 1]?.timeToUs ?? 0) - (manifest.history[from]?.timeFromUs ?? 0) <= spanUs,
  });
}
