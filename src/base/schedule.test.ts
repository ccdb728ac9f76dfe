import { describe, expect, it } from 'vitest';
import { parseSchedule } from './schedule.ts';

const at = (text: string) => Date.parse(text);
const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

describe('a schedule', () => {
  it.each([
    ['1d', '2026-11-21T09:30:00Z', '2026-11-21T00:00:00.000Z', '2026-11-22T00:00:00.000Z'],
    ['1d at 05:00Z', '2026-11-21T04:59:59Z', '2026-11-20T05:00:00.000Z', '2026-11-21T05:00:00.000Z'],
    ['1d at 05:00Z', '2026-11-21T05:00:00Z', '2026-11-21T05:00:00.000Z', '2026-11-22T05:00:00.000Z'],
    ['15m', '2026-11-21T09:31:00Z', '2026-11-21T09:30:00.000Z', '2026-11-21T09:45:00.000Z'],
    ['0 5 * * 1', '2026-11-21T09:00:00Z', '2026-11-16T05:00:00.000Z', '2026-11-23T05:00:00.000Z'],
    [
      '0 5 * * * Europe/Amsterdam',
      '2026-07-01T09:00:00Z',
      '2026-07-01T03:00:00.000Z',
      '2026-07-02T03:00:00.000Z',
    ],
    ['0 0 29 2 *', '2026-11-21T09:00:00Z', '2024-02-29T00:00:00.000Z', '2028-02-29T00:00:00.000Z'],
  ])('%s at %s was due at %s and will be at %s', (text, now, latest, next) => {
    const schedule = parseSchedule(text);
    expect(iso(schedule?.latest(at(now)))).toBe(latest);
    expect(iso(schedule?.next(at(now)))).toBe(next);
  });

  it.each([
    '',
    'daily',
    '1d at 25:00Z',
    '1d at 05:00',
    '10ms',
    '* * * *',
    '61 * * * *',
    '0 0 30 2 *',
    '0 5 * * * Nowhere/Land',
  ])('is not "%s"', (text) => expect(parseSchedule(text)).toBeUndefined());
});
