import { describe, expect, it } from 'vitest';
import { parseAt } from './parse-at.ts';

describe('where to read', () => {
  it.each([
    ['0', { kind: 'position', position: 0 }],
    ['1200', { kind: 'position', position: 1200 }],
    ['2026-11-21', { kind: 'time', timeUs: Date.UTC(2026, 10, 21) * 1000 }],
    ['2026-11-21T10:00:00Z', { kind: 'time', timeUs: Date.UTC(2026, 10, 21, 10) * 1000 }],
    ['2026-11-21T10:00:00.000001Z', { kind: 'time', timeUs: Date.UTC(2026, 10, 21, 10) * 1000 + 1 }],
    ['2026-11-21T10:00:00.5+02:00', { kind: 'time', timeUs: Date.UTC(2026, 10, 21, 8) * 1000 + 500_000 }],
    ['2026-11-21T10:00', { kind: 'time', timeUs: Date.UTC(2026, 10, 21, 10) * 1000 }],
  ])('understands %s', (given, expected) => {
    expect(parseAt(given)).toEqual(expected);
  });

  it.each(['', '-1', '1.5', 'yesterday', '2026-13-01', '2026-11-21T25:00:00Z', '9'.repeat(16)])(
    'refuses "%s"',
    (given) => {
      expect(() => parseAt(given)).toThrow(expect.objectContaining({ code: 'AT_INVALID' }));
    },
  );
});
