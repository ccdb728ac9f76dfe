/** How far a stream has passed its gate, and which of its positions were never let through; pure. */

/** Positions after the first and before the second. */
export type Stretch = readonly [number, number];

export const STRETCHES_MAX = 200;

export interface GateState {
  /** The last position that passed. */
  readonly passed: number;
  /** The first and the last position after it that were looked at and did not pass; undefined when none was. */
  readonly failed: { readonly first: number; readonly last: number } | undefined;
  /** Between two positions that passed, oldest first; the last STRETCHES_MAX. */
  readonly unchecked: readonly Stretch[];
  /** Likewise, with a failure in between; all of them, the oldest joined into one. */
  readonly refused: readonly Stretch[];
}

/** What is shown already stays published. */
export function newGate(shown: number): GateState {
  return { passed: shown, failed: undefined, unchecked: [], refused: [] };
}

export function afterRefusal(state: GateState, position: number): GateState {
  return { ...state, failed: { first: state.failed?.first ?? position, last: position } };
}

export function afterPass(state: GateState, position: number): GateState {
  const { passed, failed, unchecked, refused } = state;
  const skipped: Stretch[] = position > passed + 1 ? [[passed, position]] : [];
  const isRefused = failed !== undefined && failed.first < position;
  return {
    passed: Math.max(passed, position),
    failed: undefined,
    unchecked: isRefused ? unchecked : [...unchecked, ...skipped].slice(-STRETCHES_MAX),
    refused: isRefused ? joinOldest([...refused, ...skipped]) : refused,
  };
}

/** What lies between the two oldest is given up rather than shown. */
function joinOldest(stretches: readonly Stretch[]): readonly Stretch[] {
  const [first, second, ...rest] = stretches;
  if (!first || !second || stretches.length <= STRETCHES_MAX) return stretches;
  return [[first[0], second[1]], ...rest];
}
