/** What a look at a product has to do, decided from what moved since the one before; pure. */
import type { CountRange, PlannedCheck } from '../../quality/planned-check.ts';
import type { CheckResult } from './check-record.ts';

/** The position of each product that checks refer to, by stream. */
export type References = ReadonlyMap<string, number>;

export interface Looked {
  readonly position: number;
  readonly references: References;
  /** When checks that depend on time were last run; milliseconds. */
  readonly scheduledMs: number;
}

export interface Now {
  readonly position: number;
  readonly references: References;
  readonly nowMs: number;
}

/** How often checks are run that depend on the time, or are declared to run on a schedule. */
export const SCHEDULE_MS = 60_000;

/** The checks whose answer may be another one by now. */
export function dueChecks(
  checks: readonly PlannedCheck[],
  looked: Looked | undefined,
  now: Now,
): readonly PlannedCheck[] {
  const isScheduled = looked === undefined || now.nowMs - looked.scheduledMs >= SCHEDULE_MS;
  const isMoved = looked === undefined || now.position !== looked.position;
  return checks.filter((check) => {
    if (check.on === 'schedule') return isScheduled;
    if (isMoved || (isScheduled && dependsOnTime(check))) return true;
    const { measure } = check;
    if (measure.of !== 'references') return false;
    const { stream } = measure.reference;
    return looked.references.get(stream) !== now.references.get(stream);
  });
}

function dependsOnTime({ measure }: PlannedCheck): boolean {
  return measure.of === 'age' || measure.of === 'volume' || measure.of === 'shift' || measure.of === 'value';
}

/** Checks that no row failed, and that only a changed row can fail: not those whose reference moved. */
export function cleanChecks(
  results: Iterable<CheckResult>,
  looked: Looked | undefined,
  now: Now,
): ReadonlySet<string> {
  const clean = new Set<string>();
  for (const { check, failing, position } of results) {
    const { measure } = check;
    const isSame =
      measure.of !== 'references' ||
      looked?.references.get(measure.reference.stream) === now.references.get(measure.reference.stream);
    if (failing === 0 && position === looked?.position && isSame) clean.add(check.id);
  }
  return clean;
}

/** How many rows there were at the look before, of the checks that count them; none when it is time to count again. */
export function rangesBefore(
  results: Iterable<CheckResult>,
  looked: Looked | undefined,
  now: Now,
): ReadonlyMap<string, CountRange> {
  const ranges = new Map<string, CountRange>();
  if (looked === undefined || now.nowMs - looked.scheduledMs >= SCHEDULE_MS) return ranges;
  for (const { check, range, position } of results)
    if (range && position === looked.position) ranges.set(check.id, range);
  return ranges;
}

/** What keeps a position from being published: the checks of severity error that did not pass at it. */
export function refusals(results: Iterable<CheckResult>): CheckResult[] {
  return [...results].filter(
    ({ check, status }) => check.severity === 'error' && check.on !== 'schedule' && status !== 'passed',
  );
}
