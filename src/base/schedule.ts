/**
 * When something is due: `1d`, `6h at 05:00Z`, or a cron line of five fields with a time zone (UTC when left out): `0 5 * * 1
 * Europe/Amsterdam`. Instants of `every` are counted from midnight, UTC, of 1970-01-01, so they do not depend on when anything began.
 */
import { Cron } from 'croner';
import { parseDuration } from './duration.ts';

export interface Schedule {
  /** The last instant at or before this one, in milliseconds since 1970. */
  latest(nowMs: number): number;
  /** The first instant after this one. */
  next(afterMs: number): number;
}

const EVERY = /^(\d+(?:\.\d+)?(?:ms|s|m|h|d|w))(?: at ([01]\d|2[0-3]):([0-5]\d)Z)?$/;
const CRON = /^((?:\S+ +){4}\S+?)(?: +([A-Za-z]+(?:\/[A-Za-z_+-]+)*))?$/;
/** Closer than this would be a loop. */
const INTERVAL_MIN_MS = 1_000;
/** How far back the last instant of a cron line is looked for, step by step. */
const LOOK_BACK_MS = [3_600_000, 86_400_000, 32 * 86_400_000, 367 * 86_400_000, 9 * 366 * 86_400_000];

/** Undefined when the text is no schedule, or one that is never due. */
export function parseSchedule(text: string): Schedule | undefined {
  return parseEvery(text) ?? parseCron(text);
}

function parseEvery(text: string): Schedule | undefined {
  const [, duration = '', hours = '0', minutes = '0'] = EVERY.exec(text) ?? [];
  const everyMs = parseDuration(duration);
  if (everyMs === undefined || everyMs < INTERVAL_MIN_MS) return undefined;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000;
  const latest = (nowMs: number) => Math.floor((nowMs - offsetMs) / everyMs) * everyMs + offsetMs;
  return { latest, next: (afterMs) => latest(afterMs) + everyMs };
}

function parseCron(text: string): Schedule | undefined {
  const [, line, timezone = 'UTC'] = CRON.exec(text) ?? [];
  if (line === undefined) return undefined;
  try {
    const cron = new Cron(line, { timezone, paused: true });
    const next = (afterMs: number) => cron.nextRun(new Date(afterMs))?.getTime();
    if (next(0) === undefined) return undefined;
    return {
      latest: (nowMs) => latestOf(next, nowMs),
      next: (afterMs) => next(afterMs) ?? Number.POSITIVE_INFINITY,
    };
  } catch {
    // Not a line that it understands: the caller says what was expected.
    return undefined;
  }
}

function latestOf(next: (afterMs: number) => number | undefined, nowMs: number): number {
  for (const backMs of LOOK_BACK_MS) {
    let found: number | undefined;
    for (let at = next(nowMs - backMs); at !== undefined && at <= nowMs; at = next(at)) found = at;
    if (found !== undefined) return found;
  }
  return Number.NEGATIVE_INFINITY;
}
