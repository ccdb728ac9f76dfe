/**
 * Which runs make up a dataset at a position. Pure: it decides over the manifest, and touches no file.
 *
 * A keyed dataset at position p is the newest complete state that ends at or before p, the state runs after it that end at
 * or before p, and the records after these up to p. A dataset without a key is its records up to p.
 */
import { WharfError } from '../base/errors.ts';
import type { Run, StateRun, StoredColumn } from './run.ts';

/** A temporary run of records that are not flushed yet. */
export interface TailRun {
  readonly path: string;
  readonly schema: readonly StoredColumn[];
  readonly first: number;
  readonly last: number;
  readonly rows: number;
  readonly bytes: number;
  readonly timeFromUs: number;
  readonly timeToUs: number;
}

export interface HistoryPart<R> {
  readonly run: R;
  /** Only positions in (after, through] count; undefined when the run lies wholly inside. */
  readonly after: number | undefined;
  readonly through: number | undefined;
}

export interface SnapshotPlan {
  /** The complete state that all else is added to. */
  readonly base: StateRun | undefined;
  readonly deltas: readonly StateRun[];
  readonly history: readonly HistoryPart<Run>[];
  readonly tail: readonly HistoryPart<TailRun>[];
}

export interface PlanInput {
  readonly keyed: boolean;
  readonly floor: number;
  readonly floorState: StateRun | undefined;
  readonly state: readonly StateRun[];
  readonly history: readonly Run[];
  /** The last position that durable runs hold; the tail may hold some of these positions again. */
  readonly flushed: number;
  readonly tail: readonly TailRun[];
}

/** The runs that show the dataset at `position`, which must not lie before the floor. */
export function planSnapshot(input: PlanInput, position: number): SnapshotPlan {
  const chosen = input.keyed ? chooseState(input, position) : [];
  const after = chosen.at(-1)?.last ?? 0;
  const [base, ...deltas] = chosen;
  return { base, deltas, ...planHistory(input, after, position) };
}

/** The records in (after, through]. */
export function planHistory(
  input: Pick<PlanInput, 'history' | 'flushed' | 'tail'>,
  after: number,
  through: number,
): Pick<SnapshotPlan, 'history' | 'tail'> {
  return {
    history: parts(input.history, after, through),
    tail: parts(input.tail, Math.max(after, input.flushed), through),
  };
}

function chooseState(input: PlanInput, position: number): readonly StateRun[] {
  const floor = input.floorState ? [input.floorState] : [];
  const [base, ...deltas] = input.state;
  if (!base || base.last > position) return floor;
  const later = deltas.findIndex((run) => run.last > position);
  const chain = [base, ...(later < 0 ? deltas : deltas.slice(0, later))];
  // What lies between a state that ends before the floor and the floor is no longer kept.
  return (chain.at(-1)?.last ?? 0) < input.floor ? floor : chain;
}

function parts<R extends { first: number; last: number }>(
  runs: readonly R[],
  after: number,
  through: number,
): HistoryPart<R>[] {
  return runs
    .filter((run) => run.last > after && run.first <= through)
    .map((run) => ({
      run,
      after: run.first > after ? undefined : after,
      through: run.last <= through ? undefined : through,
    }));
}

/** Throws POSITION_GONE. */
export function refuseGone(stream: string, position: number, floor: number): void {
  if (position >= floor) return;
  throw new WharfError(
    'POSITION_GONE',
    `Position ${position} of ${stream} is no longer kept; the oldest that can be read is ${floor}.`,
    {
      hint: `Read at ${floor} or later, or keep more by a longer "history" in the product's spec.`,
      place: { product: stream, position },
      details: { oldest: floor },
    },
  );
}
