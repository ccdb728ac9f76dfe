/** What every cost curve is: something is made larger step by step, and what it costs is measured at each step. */
export interface Measured {
  readonly [figure: string]: number;
}

export interface CostCurve {
  readonly name: string;
  /** What grows: the label of the x axis. */
  readonly grows: string;
  readonly sizes: { readonly quick: readonly number[]; readonly whole: readonly number[] };
  /** Each figure, by its name with its unit. Those that begin with "baseline" are of something else at the same size. */
  measure(size: number): Promise<Measured>;
  /** Why figures are neither flat nor linear, where that is known. */
  readonly why?: Readonly<Record<string, string>>;
}

/** How a figure goes with the size: as the size to this power, over the larger half of the steps. */
export function powerOf(points: readonly (readonly [size: number, value: number])[]): number {
  const [first, last] = [points[(points.length - 1) >> 1], points.at(-1)];
  if (!first || !last || first[0] === last[0]) return 0;
  return Math.log(Math.max(last[1], TINY) / Math.max(first[1], TINY)) / Math.log(last[0] / first[0]);
}

const TINY = 1e-6;
/** Noise of a loaded machine makes this much of a power. */
const FLAT_MAX = 0.2;
const LINEAR_MAX = 1.15;

export function shapeOf(power: number): string {
  if (power <= FLAT_MAX) return 'flat';
  return power <= LINEAR_MAX ? 'at most linear' : `more than linear: as the size to the ${power.toFixed(2)}`;
}
