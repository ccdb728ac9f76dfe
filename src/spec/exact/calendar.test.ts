import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDate, readTime, readTimestamp } from './calendar.ts';

describe('the calendar', () => {
  it('knows every day that JavaScript knows, and no other', () => {
    const parts = fc.record({
      year: fc.integer({ min: 100, max: 9999 }),
      month: fc.integer({ min: 0, max: 13 }),
      day: fc.integer({ min: 0, max: 32 }),
    });
    fc.assert(
      fc.property(parts, ({ year, month, day }) => {
        const text = [
          String(year).padStart(4, '0'),
          String(month).padStart(2, '0'),
          String(day).padStart(2, '0'),
        ].join('-');
        const at = new Date(Date.UTC(year, month - 1, day));
        const isReal = at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
        expect(readDate(text)).toBe(isReal ? BigInt(at.getTime() / 86_400_000) : undefined);
      }),
    );
  });

  it('reads instants as JavaScript does', () => {
    const instant = fc.date({
      min: new Date('0100-01-01T00:00:00Z'),
      max: new Date('9999-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, (at) => {
        expect(readTimestamp(at.toISOString(), 'utc')).toBe(BigInt(at.getTime()) * 1_000n);
      }),
    );
  });

  it.each([
    '2001-01-31',
    '2001-01-31 10:00:00Z',
    '2001-01-31T10:00Z',
    '2001-01-31T10:00:60Z',
    '2001-01-31T10:00:00+24:00',
    '2001-01-31T10:00:00.1234567Z',
  ])('refuses the instant %s', (text) => {
    expect(readTimestamp(text, 'utc')).toBeUndefined();
  });

  it('wants an offset exactly where there is a zone', () => {
    expect(readTimestamp('2001-01-31T10:00:00', 'utc')).toBeUndefined();
    expect(readTimestamp('2001-01-31T10:00:00Z', 'local')).toBeUndefined();
    expect(readTimestamp('2001-01-31T10:00:00', 'local')).toBeDefined();
  });

  it('counts microseconds', () => {
    expect(readTime('00:00:01.5')).toBe(1_500_000n);
    expect(readTime('00:00:00.000001')).toBe(1n);
    expect(readTime('24:00:00')).toBeUndefined();
  });
});
