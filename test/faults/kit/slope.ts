/** A straight line through figures that were taken over time, by least squares. */
export interface Slope {
  /** Growth for each unit of x. */
  readonly each: number;
  /** Of `each`: half of what chance alone makes of it in 19 of 20 cases. */
  readonly error: number;
  readonly mean: number;
}

/** Needs three points with more than one x. */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): Slope {
  const meanX = meanOf(points.map(([x]) => x));
  const mean = meanOf(points.map(([, y]) => y));
  const spread = sum(points.map(([x]) => (x - meanX) ** 2));
  const each = sum(points.map(([x, y]) => (x - meanX) * (y - mean))) / spread;
  const left = sum(points.map(([x, y]) => (y - mean - each * (x - meanX)) ** 2));
  return { each, error: Math.sqrt(left / (points.length - 2) / spread), mean };
}

function meanOf(values: readonly number[]): number {
  return sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
