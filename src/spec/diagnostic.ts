import type { SpecPlace } from './model.ts';

/** One problem of a mesh, with everything needed to print it. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** One sentence, the offending value in quotes. */
  readonly message: string;
  readonly place: SpecPlace;
  /** How many characters of the line to underline; 1 when left out. */
  readonly width?: number;
  readonly expected?: string;
  readonly received?: string;
  readonly hint?: string;
}

/** Problems in the order a reader meets them: by file, line, column, then code. */
export function orderDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) =>
      compareText(a.place.file, b.place.file) ||
      a.place.line - b.place.line ||
      a.place.column - b.place.column ||
      compareText(a.code, b.code) ||
      compareText(a.message, b.message),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
