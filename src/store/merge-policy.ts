/**
 * Which adjacent runs to merge. Pure.
 *
 * Runs of similar size (within a factor of `fanIn`) are merged `fanIn` at a time, so that every record is rewritten once
 * for each time that the data grows by that factor. When there are too many runs all the same, the cheapest neighbours go.
 */
export interface Sized {
  readonly bytes: number;
}

/** Half-open range of indices. */
export interface MergeRange {
  readonly from: number;
  readonly to: number;
}

export interface MergePolicy {
  readonly fanIn: number;
  readonly runsMax: number;
  /** Merges that a rule of the caller forbids, unless there are too many runs. */
  readonly mayMerge?: (range: MergeRange) => boolean;
}

/** Files below this size are alike: their cost is that they are files. */
const SMALL_BYTES = 16 * 1024;

/** The newest tier that is full, else the cheapest neighbours of too many; undefined when nothing is due. */
export function pickMerge(runs: readonly Sized[], policy: MergePolicy): MergeRange | undefined {
  for (let to = runs.length; to >= policy.fanIn; to--) {
    const range = { from: to - policy.fanIn, to };
    const tiers = runs.slice(range.from, range.to).map((run) => tierOf(run, policy.fanIn));
    if (new Set(tiers).size === 1 && (policy.mayMerge?.(range) ?? true)) return range;
  }
  return runs.length >= policy.runsMax ? cheapest(runs, policy.fanIn) : undefined;
}

function tierOf(run: Sized, fanIn: number): number {
  return Math.floor(Math.log(Math.max(run.bytes, SMALL_BYTES)) / Math.log(fanIn));
}

function cheapest(runs: readonly Sized[], fanIn: number): MergeRange {
  const width = Math.min(fanIn, runs.length);
  let best: MergeRange = { from: 0, to: width };
  let bestBytes = Number.POSITIVE_INFINITY;
  for (let from = 0; from + width <= runs.length; from++) {
    const bytes = runs.slice(from, from + width).reduce((sum, run) => sum + run.bytes, 0);
    if (bytes < bestBytes) {
      bestBytes = bytes;
      best = { from, to: from + width };
    }
  }
  return best;
}
