/** When inputs look for news: a pause after each look (`10s`), or instants of a schedule (`1d at 05:00Z`, a cron line with zone). */
import type { Clock } from '../base/clock.ts';
import { parseDuration } from '../base/duration.ts';
import { parseSchedule } from '../base/schedule.ts';
import type { OptionField } from '../schema/options.ts';

const PAUSE_MS_MIN = 10;

export const EVERY_EXPECTED = `a duration of at least ${PAUSE_MS_MIN}ms, one with the time of day, or a cron line`;
export const EVERY_HINT =
  'Write for example: every: 10s, every: 1d at 05:00Z, or every: "0 5 * * 1-5 Europe/Paris"';

/** The option of every input that looks again and again. */
export function everyOption(unsaid: string): OptionField {
  return {
    name: 'every',
    type: 'string',
    default: unsaid,
    doc: 'How often to look for news: the pause between two looks, or a schedule. What was missed meanwhile is made up for by one look.',
    example: '0 5 * * 1-5 Europe/Paris',
  };
}

export interface PollTimes {
  /** How long to wait after a look that ended now. */
  pauseMs(nowMs: number): number;
  /** How long to wait at a start, when the last look known was made then (undefined: never). 0: what was due was missed. */
  startMs(lastMs: number | undefined, nowMs: number): number;
}

/** Undefined when the text says no times. */
export function parsePollTimes(text: string): PollTimes | undefined {
  const pauseMs = parseDuration(text);
  if (pauseMs !== undefined)
    return pauseMs < PAUSE_MS_MIN ? undefined : { pauseMs: () => pauseMs, startMs: () => 0 };
  const schedule = parseSchedule(text);
  return (
    schedule && {
      pauseMs: (nowMs) => schedule.next(nowMs) - nowMs,
      startMs: (lastMs, nowMs) =>
        lastMs === undefined || lastMs < schedule.latest(nowMs) ? 0 : schedule.next(nowMs) - nowMs,
    }
  );
}

/** Timers of the platform overflow after 24 days. */
const SLEEP_MS_MAX = 86_400_000;

/** A wait of any length. */
export async function sleepLong(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const untilMs = clock.nowMs() + ms;
  do await clock.sleep(Math.max(0, Math.min(SLEEP_MS_MAX, untilMs - clock.nowMs())), signal);
  while (clock.nowMs() < untilMs);
}
