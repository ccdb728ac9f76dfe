/** Writes state runs, and seals what was written as a run. */
import { stat } from 'node:fs/promises';
import { fileChecksum, syncFile } from '../base/files.ts';
import type { Dataset } from '../schema/field.ts';
import type { DatasetManifest, Run, StateRun } from './run.ts';
import { copyState } from './run-writer.ts';
import { storedColumns } from './source-sql.ts';
import { withColumns } from './stored-schema.ts';
import type { StreamStore } from './stream-store.ts';

/** The records that a run stands for. */
export type Span = Pick<Run, 'first' | 'last' | 'timeFromUs' | 'timeToUs'>;

export interface StateToWrite {
  readonly manifest: DatasetManifest;
  /** State rows. */
  readonly select: string;
  readonly complete: boolean;
  readonly forScans: boolean;
  readonly span: Span;
}

/** Writes a state run; the manifest that comes back has its columns, but does not name it yet. */
export async function writeState(
  store: StreamStore,
  dataset: Dataset,
  state: StateToWrite,
): Promise<{ readonly manifest: DatasetManifest; readonly state: StateRun }> {
  const { select, complete, forScans, span } = state;
  const { manifest, schema } = withColumns(state.manifest, storedColumns(dataset));
  const file = store.newFile('state', dataset.name);
  const { writer, limits } = store.context;
  const deadlineMs = limits.writeDeadlineMs;
  const target = { file: store.pathOf(file), deadlineMs };
  const rows = await copyState(writer, { dataset, select, complete, forScans, ...target });
  const run = await sealRun(store, file, { ...span, rows }, schema);
  return { manifest, state: { ...run, complete, ...(forScans ? { forScans } : {}) } };
}

/** Makes a written file durable and describes it. */
export async function sealRun(
  store: StreamStore,
  file: string,
  content: Span & Pick<Run, 'rows'>,
  schema: number,
): Promise<Run> {
  const path = store.pathOf(file);
  await syncFile(path);
  const crc = await fileChecksum(path);
  const { size } = await stat(path);
  store.context.checker.trust(path);
  const { first, last, rows, timeFromUs, timeToUs } = content;
  return { file, first, last, rows, timeFromUs, timeToUs, schema, bytes: size, crc };
}

/** From the first run's first record to the last one's last; nothing when there are no runs. */
export function spanOf(runs: readonly Span[]): Span {
  const first = runs[0];
  const last = runs.at(-1);
  if (!first || !last) return { first: 1, last: 0, timeFromUs: 0, timeToUs: 0 };
  return { first: first.first, last: last.last, timeFromUs: first.timeFromUs, timeToUs: last.timeToUs };
}
