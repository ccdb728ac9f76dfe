/**
 * The first answer of TypeScript over many records is made in parts, at positions of its inputs on the way to what these have published. Each part
 * is journaled with its positions, behind a hold: what was run is not run again after a stop, and consumers see nothing before the last part.
 *
 * On the way an input may show what it never published, so a part that cannot be is no failure: all of it is then made at once.
 */
import { codeOf } from '../../base/errors.ts';
import type { DerivePlan } from '../../transform/derive-plan.ts';
import type { Derivation } from './derivation.ts';
import type { DeriveCursor, Positions } from './derive-cursor.ts';

/** Of one part: what has to be run again when it is stopped. Tests take less, and put it back. */
export const PART_LIMITS = { recordsMax: 100_000 };

export interface Target {
  readonly positions: Positions;
  /** More of the first answer is to come before anybody may see it. */
  readonly isPart: boolean;
  /** How far the first answer is, in records, where it is made in parts. */
  readonly way?: { readonly done: number; readonly total: number };
}

/** Where the next cycle goes, on the way to what is published. `cursor` as `WayTaken.open` has it. Throws TRANSFORM_TYPESCRIPT, TRANSFORM_PROCESS. */
export async function nextTarget(
  { services, product, plan, typescript }: Derivation,
  cursor: DeriveCursor | undefined,
  published: Positions,
): Promise<Target> {
  const all: Target = { positions: published, isPart: false };
  if (!typescript || services.published.position(product.id) > 0 || !canStep(plan)) return all;
  const from = cursor?.positions ?? {};
  if (!cursor?.isPart && sumOfMoves(Object.keys(published), from, published) <= PART_LIMITS.recordsMax)
    return all;
  const functions = await typescript.functions();
  const run = plan.tables.filter(({ name }) => functions.includes(name)).map(({ stream }) => stream);
  return partOfTheWay([...new Set(run)], { from, to: published, isBegun: cursor !== undefined });
}

/** True when nothing but the part is the reason. */
export function isNoPart(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return code === 'DERIVED_KEY_TWICE' || code === 'POSITION_GONE';
}

function canStep({ schedule, dataset, tables }: DerivePlan): boolean {
  return !schedule && typeof dataset.key !== 'string' && !tables.some(({ forgets }) => forgets);
}

/** Inputs that are only looked up stay where they were first taken: when they move, records are run again. */
function partOfTheWay(
  run: readonly string[],
  { from, to, isBegun }: { readonly from: Positions; readonly to: Positions; readonly isBegun: boolean },
): Target {
  const positions: Record<string, number> = { ...to, ...(isBegun ? from : {}) };
  let left = PART_LIMITS.recordsMax;
  for (const stream of run) {
    const after = from[stream] ?? 0;
    const move = Math.min(left, (to[stream] ?? 0) - after);
    positions[stream] = after + move;
    left -= move;
  }
  const way = { done: sumOfMoves(run, {}, from), total: sumOfMoves(run, {}, to) };
  return { positions, isPart: sumOfMoves(run, positions, to) > 0, way };
}

function sumOfMoves(streams: readonly string[], from: Positions, to: Positions): number {
  return streams.reduce((sum, stream) => sum + (to[stream] ?? 0) - (from[stream] ?? 0), 0);
}
