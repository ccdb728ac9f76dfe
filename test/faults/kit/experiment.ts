/** What every experiment of the kit is: it breaks something many times, and tells what it found. */

/** `brief` is what `npm test` has time for. */
export type Form = 'brief' | 'short' | 'long';

export interface ExperimentOptions {
  readonly seed: number;
  readonly form: Form;
  /** A folder of its own, empty. */
  readonly folder: string;
  readonly tell: (line: string) => void;
  /** True once the time that was given is over: what was not tried by then is left out, and the figures say how much was. */
  readonly isOver: () => boolean;
}

export interface Report {
  /** How much was tried, and what came of it. */
  readonly figures: Readonly<Record<string, number | string>>;
  /** What was measured beside what was promised of it; what does not hold is among the findings. */
  readonly bounds?: readonly Bound[];
  /** What broke a promise, with all that is needed to see it again. Empty when the promises hold. */
  readonly findings: readonly string[];
  /** Set when the machine lacks what the experiment needs: nothing was tried. */
  readonly skipped?: string;
}

export interface Experiment {
  readonly name: string;
  /** The promises of docs/reliability.md that it tests. */
  readonly promises: readonly string[];
  readonly doc: string;
  run(options: ExperimentOptions): Promise<Report>;
}

/** One figure and the bound that was stated for it before it was measured. */
export interface Bound {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** A finding for each bound that does not hold. */
export function brokenBounds(bounds: readonly Bound[]): string[] {
  return bounds
    .filter(({ value, atMost = Infinity, atLeast = -Infinity }) => !(value <= atMost && value >= atLeast))
    .map(({ what, value, unit, atMost, atLeast }) => {
      const expected = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
      return `${what}: ${value} ${unit}; expected ${expected}`;
    });
}
