import { describe, expect, it } from 'vitest';
import type { Field } from '../field.ts';
import { createRenderer } from '../renderer.ts';
import { acceptedLines, fieldV, outcome, verdictOf } from './test-validate.ts';

/** What ports give for the value, or the reason why it was refused. */
function given(field: Omit<Field, 'name'>, value: string): string {
  const dataset = fieldV(field);
  const verdict = verdictOf(dataset, `{"v":${value}}\n`);
  const [line] = acceptedLines(verdict);
  if (line === undefined) return outcome(verdict)[0]?.split(' ')[0] ?? '';
  return createRenderer(dataset).document(line).slice(5, -1);
}

const decimal = (precision: number, scale: number) => ({ type: 'decimal', precision, scale }) as const;

describe('integers', () => {
  it.each([
    ['0', '0'],
    ['-0', '0'],
    ['1.0', '1'],
    ['1e3', '1000'],
    ['-120e-1', '-12'],
    ['9007199254740993', '9007199254740993'],
    ['9223372036854775807', '9223372036854775807'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['9223372036854775808', 'NUMBER_NOT_EXACT'],
    ['1e400', 'NUMBER_NOT_EXACT'],
    ['0.5', 'TYPE_MISMATCH'],
    ['9007199254740993.00000000000000000001', 'TYPE_MISMATCH'],
    ['"1"', 'TYPE_MISMATCH'],
    ['true', 'TYPE_MISMATCH'],
  ])('%s comes out as %s', (value, out) => expect(given({ type: 'integer' }, value)).toBe(out));
});

describe('numbers', () => {
  it.each([
    ['-0', '-0.0'],
    ['-0.0e5', '-0.0'],
    ['0.1', '0.1'],
    ['0.30000000000000004', '0.30000000000000004'],
    ['0.10', '0.1'],
    ['1e21', '1e21'],
    ['5e-324', '5e-324'],
    ['1.7976931348623157e308', '1.7976931348623157e308'],
    ['123456789012345678901234567890', 'NUMBER_NOT_EXACT'],
    ['0.1234567890123456789', 'NUMBER_NOT_EXACT'],
    ['1e400', 'NUMBER_NOT_EXACT'],
    ['1e-400', 'NUMBER_NOT_EXACT'],
  ])('%s comes out as %s', (value, out) => expect(given({ type: 'number' }, value)).toBe(out));
});

describe('decimals', () => {
  it.each([
    [12, 2, '12.5', '12.50'],
    [12, 2, '"12.5"', '12.50'],
    [12, 2, '1e2', '100.00'],
    [12, 2, '12.500', '12.50'],
    [12, 2, '12.501', 'NUMBER_NOT_EXACT'],
    [12, 2, '9999999999.99', '9999999999.99'],
    [12, 2, '10000000000', 'NUMBER_NOT_EXACT'],
    [12, 2, '-0', '0.00'],
    [10, 10, '0.0000000001', '0.0000000001'],
    [38, 8, '123456789012345678901234567890.12345678', '123456789012345678901234567890.12345678'],
    [38, 0, '1e37', '10000000000000000000000000000000000000'],
    [38, 0, '1e38', 'NUMBER_NOT_EXACT'],
    [12, 2, '"12,5"', 'TYPE_MISMATCH'],
    [12, 2, '""', 'TYPE_MISMATCH'],
  ] as const)('of %i,%i: %s comes out as %s', (precision, scale, value, out) =>
    expect(given(decimal(precision, scale), value)).toBe(out),
  );
});

describe('dates and times', () => {
  const date = { type: 'date' } as const;
  const time = { type: 'time' } as const;
  const instant = { type: 'timestamp' } as const;
  const local = { type: 'timestamp', zone: 'local' } as const;
  it.each<[Omit<Field, 'name'>, string, string]>([
    [date, '2000-02-29', '2000-02-29'],
    [date, '1900-02-29', 'TYPE_MISMATCH'],
    [date, '2001-04-31', 'TYPE_MISMATCH'],
    [date, '0000-12-31', 'TYPE_MISMATCH'],
    [date, '2001-1-31', 'TYPE_MISMATCH'],
    [date, '2001-01-31T00:00:00Z', 'TYPE_MISMATCH'],
    [time, '22:27:00.500', '22:27:00.5'],
    [time, '22:27:00.123456', '22:27:00.123456'],
    [time, '22:27:00.1234567', 'TYPE_MISMATCH'],
    [time, '22:27:00.1234560', '22:27:00.123456'],
    [time, '23:59:60', 'TYPE_MISMATCH'],
    [instant, '2001-01-31T22:27:00Z', '2001-01-31T22:27:00Z'],
    [instant, '2001-01-31 22:27:00.10+05:30', '2001-01-31T16:57:00.1Z'],
    [instant, '2000-03-01T00:30:00+01:00', '2000-02-29T23:30:00Z'],
    [instant, '1999-12-31T23:30:00-01:00', '2000-01-01T00:30:00Z'],
    [instant, '0001-01-01T00:00:00+01:00', 'TYPE_MISMATCH'],
    [instant, '2001-01-31T22:27:00', 'TYPE_MISMATCH'],
    [instant, '2001-01-31T22:27:00.1234567Z', 'TYPE_MISMATCH'],
    [instant, '2001-01-31T22:27:00+24:00', 'TYPE_MISMATCH'],
    [local, '2001-01-31 22:27:00', '2001-01-31T22:27:00'],
    [local, '2001-01-31T22:27:00Z', 'TYPE_MISMATCH'],
  ])('%o: %s comes out as %s', (field, value, out) =>
    expect(given(field, `"${value}"`).replaceAll('"', '')).toBe(out),
  );
});

describe('texts', () => {
  it.each([
    ['"\\u00e4\\ud83d\\ude00"', '"ä😀"'],
    ['"a\\/b\\b\\f\\n\\r\\t\\"\\\\"', '"a/b\\b\\f\\n\\r\\t\\"\\\\"'],
    ['"\u2028\u007f\uFEFF"', '"\u2028\u007f\uFEFF"'],
    ['""', '""'],
  ])('%s comes out as %s', (value, out) => expect(given({ type: 'string' }, value)).toBe(out));

  it('are counted in characters, not in code units', () => {
    const two = { type: 'string', length: { max: 2 } } as const;
    expect(given(two, '"😀😀"')).toBe('"😀😀"');
    expect(given(two, '"😀😀😀"')).toBe('TOO_LONG');
  });

  it('of 15 MB go through, with and without escapes', () => {
    const long = 'x'.repeat(15 * 1024 * 1024);
    expect(given({ type: 'string' }, `"${long}"`)).toHaveLength(long.length + 2);
    expect(given({ type: 'string' }, `"${long}\\u0041"`)).toHaveLength(long.length + 3);
  });
});

it('JSON keeps every digit and the order of its members', () => {
  const text = '{"b":1.50,"a":[-0,1E400,12345678901234567890.10],"":null}';
  expect(given({ type: 'json' }, text)).toBe(text);
  expect(given({ type: 'json' }, ` [ ${'['.repeat(62)}${']'.repeat(62)} ] `)).toBe(
    `[${'['.repeat(62)}${']'.repeat(62)}]`,
  );
});
