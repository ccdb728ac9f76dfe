import type { Diagnostic } from '../spec/diagnostic.ts';
import type { SpecPlace, Transform } from '../spec/model.ts';
import type { ColumnProblem } from './compare-columns.ts';

export interface TransformProblem extends ColumnProblem {
  readonly code: string;
  /** An error when left out. */
  readonly severity?: 'error' | 'warning';
  /** Offset in the SQL text. */
  readonly offset?: number | undefined;
}

/** A problem of a transform, with its place. */
export function diagnosticOf(problem: TransformProblem, transform: Transform): Diagnostic {
  const { code, severity, message, expected, received, hint, offset } = problem;
  return {
    code,
    severity: severity ?? 'error',
    message,
    place: placeOf(transform, offset),
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received }),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** In the SQL's own file where it has one; what is written inline is told at the transform, since YAML may have folded it. */
function placeOf(transform: Transform, offset: number | undefined): SpecPlace {
  if (transform.file === undefined) return transform.place;
  const before = transform.source.slice(0, offset ?? 0).split('\n');
  return { file: transform.file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
