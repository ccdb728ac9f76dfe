/**
 * Which adjacent runs to merge. Pure.
 *
 * Runs have *tiers*, each `fanIn` times as large as the one below; an older run counts at least as the tier of the runs that came
 * after it, because it cannot be merged without them. So tiers fall from the oldest to the newest, and runs of one tier
 * stand together. `fanIn` of them are merged into one. When there are too many runs all the same, the cheapest tier that has
 * more than one is merged early. Each byte is thus rewritten about once for every tier that the data fills.
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
  /** More than there are tiers, so that some tier has two runs when there are so many. */
  readonly runsMax: number;
  /** Merges that a rule of the caller forbids, unless there are too many runs. */
  readonly mayMerge?: (range: MergeRange) => boolean;
}

/** Files below this size are alike: their cost is that they are files. */
const SMALL_BYTES = 16 * 1024;

/** undefined when nothing is due. */
export function pickMerge(runs: readonly Sized[], policy: MergePolicy): MergeRange | undefined {
  const groups = tierGroups(runs, policy.fanIn);
  for (const group of groups.toReversed()) {
    for (let to = group.to; to - policy.fanIn >= group.from; to--) {
      const range = { from: to - policy.fanIn, to };
      if (policy.mayMerge?.(range) ?? true) return range;
    }
  }
  return runs.length >= policy.runsMax ? cheapest(runs, groups) : undefined;
}

/** Runs of one tier, the oldest first. */
function tierGroups(runs: readonly Sized[], fanIn: number): MergeRange[] {
  const groups: MergeRange[] = [];
  let tier = -1;
  for (let i = runs.length - 1; i >= 0; i--) {
    const own = tierOf(runs[i]?.bytes ?? 0, fanIn);
    const newer = groups[0];
    if (newer && own <= tier) groups[0] = { from: i, to: newer.to };
    else groups.unshift({ from: i, to: i + 1 });
    tier = Math.max(tier, own);
  }
  return groups;
}

function tierOf(bytes: number, fanIn: number): number {
  return Math.floor(Math.log(Math.max(bytes, SMALL_BYTES)) / Math.log(fanIn));
}

function cheapest(runs: readonly Sized[], groups: readonly MergeRange[]): MergeRange | undefined {
  let best: MergeRange | undefined;
  let bestBytes = Number.POSITIVE_INFINITY;
  for (const group of groups) {
    const bytes = runs.slice(group.from, group.to).reduce((sum, run) => sum + run.bytes, 0);
    if (group.to - group.from < 2 || bytes >= bestBytes) continue;
    best = group;
    bestBytes = bytes;
  }
  return best;
}
