import { describe, expect, it } from 'vitest';
import { parsePollTimes } from './poll-times.ts';

const at = (text: string) => Date.parse(text);

describe('an input that looks for news', () => {
  it('waits the pause after each look, and none at a start', () => {
    const times = parsePollTimes('10s');
    expect([
      times?.pauseMs(at('2026-05-04T10:00:03Z')),
      times?.startMs(at('2026-05-04T10:00:00Z'), 0),
    ]).toEqual([10_000, 0]);
  });

  it('looks at the instants of a cron line, in its time zone, also when the clocks change', () => {
    const times = parsePollTimes('0 5 * * * Europe/Paris');
    expect(times?.pauseMs(at('2026-03-28T04:00:00Z'))).toBe(23 * 3_600_000);
  });

  it('makes up once for what was missed', () => {
    const times = parsePollTimes('1d at 05:00Z');
    const now = at('2026-05-09T12:00:00Z');
    expect(times?.startMs(at('2026-05-04T05:00:01Z'), now)).toBe(0);
    expect(times?.startMs(at('2026-05-09T05:00:01Z'), now)).toBe(17 * 3_600_000);
    expect(times?.startMs(undefined, now)).toBe(0);
  });

  it.each(['', '5', '1ms', 'daily', '61 * * * *', '0 5 * * * Nowhere/Here'])(
    'is told that %j says no times',
    (text) => {
      expect(parsePollTimes(text)).toBeUndefined();
    },
  );
});
