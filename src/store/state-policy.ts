/** What to do next about the state runs of a dataset. Pure. */
import { SCAN_ROW_GROUP_ROWS, type StoreLimits } from './limits.ts';
import { pickMerge } from './merge-policy.ts';
import type { DatasetManifest, StateRun } from './run.ts';

export type StateWork =
  /** One complete state of everything that is flushed. */
  | { readonly kind: 'complete' }
  /** A state run of the records that none stands for yet. */
  | { readonly kind: 'delta' }
  /** The deltas at these indices of `state` become one. */
  | { readonly kind: 'merge'; readonly from: number; readonly to: number };

/** The last position that the state runs, or the floor, stand for. */
export function coveredBy(manifest: Pick<DatasetManifest, 'state' | 'floor'>): number {
  return manifest.state.at(-1)?.last ?? manifest.floor;
}

/** Records that no state run stands for, at most: history runs may have been merged across that line. */
export function uncoveredRows(manifest: DatasetManifest): number {
  const covered = coveredBy(manifest);
  return manifest.history.reduce((sum, run) => {
    const positions = run.last - Math.max(run.first - 1, covered);
    return sum + Math.max(0, Math.min(run.rows, positions));
  }, 0);
}

/** What is known of a dataset besides its runs. */
export interface StateUse {
  /** No record came for a while. */
  readonly idle: boolean;
  /** Reads that had to reduce records, or went through small groups of rows, since the base was written. */
  readonly reads: number;
  /** The process is young, and what it serves is older. */
  readonly justStarted?: boolean;
}

/** Written while records kept coming, and large enough for that to be felt. */
export function isSlowToScan(base: StateRun): boolean {
  return !base.forScans && base.rows > SCAN_ROW_GROUP_ROWS;
}

/** undefined when nothing is due. */
export function dueStateWork(
  manifest: DatasetManifest,
  limits: StoreLimits,
  use: StateUse,
): StateWork | undefined {
  const work = workOf(manifest, limits, use);
  const rows = (manifest.state[0]?.rows ?? 0) + uncoveredRows(manifest);
  return use.justStarted && work?.kind === 'complete' && rows >= limits.baseRowsBusy ? undefined : work;
}

function workOf(
  manifest: DatasetManifest,
  limits: StoreLimits,
  { idle, reads }: StateUse,
): StateWork | undefined {
  const [base, ...deltas] = manifest.state;
  const uncovered = uncoveredRows(manifest);
  if (!base)
    return isFirstDue(manifest, uncovered, limits, { idle, reads }) ? { kind: 'complete' } : undefined;
  const newer = uncovered + deltas.reduce((sum, run) => sum + run.rows, 0);
  const share = idle ? limits.baseShareIdle : limits.baseShareBusy;
  const isWorth = idle && (base.rows <= limits.baseRowsCheap || reads >= limits.baseReads);
  if (newer > 0 && (isWorth || newer >= base.rows * share)) return { kind: 'complete' };
  if (idle && isSlowToScan(base) && reads >= limits.baseReads) return { kind: 'complete' };
  if (uncovered >= limits.deltaRowsMin) return { kind: 'delta' };
  const range = pickMerge(deltas, { fanIn: limits.mergeFanIn, runsMax: limits.runsMax - 1 });
  return range && { kind: 'merge', from: range.from + 1, to: range.to + 1 };
}

/**
 * A first base of many records waits until no more come, or until reads have paid for it: while a large source is read, each base
 * would soon be written again, and take the processor from the reading.
 */
function isFirstDue(
  manifest: DatasetManifest,
  uncovered: number,
  limits: StoreLimits,
  { idle, reads }: StateUse,
): boolean {
  if (uncovered === 0) return manifest.floorState !== undefined;
  if (idle || uncovered <= limits.baseRowsCheap) return true;
  return uncovered >= limits.baseRowsBusy || reads >= limits.baseReads;
}
