/** The files of runs. Tiers of them fill up and are merged, so their number is a saw tooth over days: it has no slope, but a top. */
import { STORE_LIMITS } from '../../../../src/store/limits.ts';

/** `<dataset>-<kind>-<number>.parquet` in the folder of a stream. */
const RUN = /store\/([^/]+\/.+-(?:history|state))-\d+\.parquet$/;

export const RUNS = 'runs of one kind of a dataset, most';

/** How many runs there are of that kind of a dataset of which there are most. */
export function mostRuns(files: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const file of files) {
    const kind = RUN.exec(file)?.[1];
    if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}

export function isRun(file: string): boolean {
  return RUN.test(file);
}

/** As many as all tiers together hold after so many minutes, when each flush wrote a run; without merges there would be one a flush. */
export function runsAtMost(minutes: number): number {
  const { flushAgeMs, mergeFanIn } = STORE_LIMITS;
  const flushes = Math.max(1, (minutes * 60_000) / flushAgeMs);
  const tiers = 1 + Math.ceil(Math.log(flushes) / Math.log(mergeFanIn));
  return tiers * mergeFanIn;
}
