import type { StatementProgress } from '../../engine/engine.ts';
import type { ToldProgress } from '../capture/progress-meter.ts';

/** What a long cycle does, in this order. */
export interface DeriveProgress extends ToldProgress {
  readonly step: 'computing' | 'comparing' | 'journaling';
}

/** Hears how far a cycle is. */
export type HearProgress = (progress: DeriveProgress) => void;

/** For work that counts records. */
export function tellRecords(
  hear: HearProgress | undefined,
  step: DeriveProgress['step'],
): ((done: number, total: number) => void) | undefined {
  return hear && ((done, total) => hear({ step, amount: { done, total }, unit: 'records' }));
}

/** For statements of the engine; from the statement `comparingFrom` on, what was computed is compared. */
export function tellStatements(
  hear: HearProgress,
  comparingFrom: number,
): (progress: StatementProgress) => void {
  return ({ statement, rows }) => {
    const step = statement < comparingFrom ? 'computing' : 'comparing';
    hear({ step, unit: 'rows', ...(rows && { amount: rows }) });
  };
}

/** A first answer that is made in parts (`way`: what of it was done before) is told as one, and only the computing of its parts counts. */
export function tellWay(
  tell: (progress: ToldProgress) => void,
  way: () => ToldProgress['amount'],
): HearProgress {
  return (progress) => {
    const whole = way();
    if (!whole) return tell(progress);
    if (progress.step !== 'computing' || progress.unit !== 'records') return;
    const done = whole.done + (progress.amount?.done ?? 0);
    tell({ step: 'computing', amount: { done, total: whole.total }, unit: 'records' });
  };
}
