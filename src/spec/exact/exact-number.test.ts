import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareExact, type ExactNumber, fitsDecimal, readExact } from './exact-number.ts';

const exact = (text: string): ExactNumber => {
  const number = readExact(text);
  if (!number) throw new Error(`${text} is no number`);
  return number;
};

describe('exact numbers', () => {
  it('are ordered as the doubles that they were written from', () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 });
    fc.assert(
      fc.property(double, double, (a, b) => {
        expect(Math.sign(compareExact(exact(String(a)), exact(String(b))))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  it('differ in digits that a double cannot tell apart', () => {
    expect(compareExact(exact('0.1'), exact('0.1000000000000000055511151231257827'))).toBe(-1);
    expect(compareExact(exact('9007199254740993'), exact('9007199254740992'))).toBe(1);
    expect(compareExact(exact('1.50'), exact('15e-1'))).toBe(0);
  });

  it.each([
    ['12.50', 4, 2, true],
    ['12.500', 4, 2, true],
    ['12.501', 4, 2, false],
    ['123.4', 4, 2, false],
    ['-99.99', 4, 2, true],
    ['1e2', 3, 0, true],
    ['0.00', 1, 1, true],
  ])('%s in decimal(%i,%i): %s', (text, precision, scale, fits) => {
    expect(fitsDecimal(exact(text), precision, scale)).toBe(fits);
  });

  it.each(['', '.', '-', '1.2.3', '0x1F', '1e', 'NaN', '.inf', '1_000', '1e9999', '1e99999'])(
    'do not read "%s"',
    (text) => {
      expect(readExact(text)).toBeUndefined();
    },
  );
});
