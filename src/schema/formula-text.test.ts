import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defusedText, isFormulaText, restoredText } from './formula-text.ts';

test('defused text comes back exactly as it was, and starts no formula', () => {
  const start = fc.array(fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', ' ', 'a'), {
    maxLength: 5,
  });
  const text = fc.tuple(start, fc.string()).map(([first, rest]) => first.join('') + rest);
  fc.assert(
    fc.property(text, (t) => {
      expect(restoredText(defusedText(t))).toBe(t);
      expect(/^[=+\-@\t\r]/.test(defusedText(t))).toBe(false);
    }),
  );
});

test('ordinary text is left alone', () => {
  for (const text of ['', "'tis", 'a=b', '2001-01-31', ' =1'])
    expect([isFormulaText(text), defusedText(text)]).toEqual([false, text]);
  expect(defusedText("'=1")).toBe("''=1");
});
