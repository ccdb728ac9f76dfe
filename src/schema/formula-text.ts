/**
 * Text that a spreadsheet would run as a formula when it opens a CSV file.
 *
 * A text that begins with a formula's first character, behind any number of apostrophes, gets one more apostrophe in front.
 * That can be undone without knowing which texts were changed: `restoredText` is the exact inverse.
 */
import type { Field } from './field.ts';

const FORMULA_START = /^'*[=+\-@\t\r]/;
const DEFUSED_START = /^'+[=+\-@\t\r]/;

/** True for the fields whose values are plain text in a CSV cell; numbers and dates begin with `-` and mean it. */
export function mayHoldFormula(field: Field): boolean {
  return field.type === 'string' || field.type === 'bytes';
}

/** True for text that a spreadsheet may take for a formula, and for text that looks as if it had been defused. */
export function isFormulaText(text: string): boolean {
  return FORMULA_START.test(text);
}

export function defusedText(text: string): string {
  return isFormulaText(text) ? `'${text}` : text;
}

/** The text before `defusedText`. */
export function restoredText(text: string): string {
  return DEFUSED_START.test(text) ? text.slice(1) : text;
}
