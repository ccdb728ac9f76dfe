/** The briefest form of experiments, as tests: what they find breaks a promise of docs/reliability.md. */
import { describe, expect, it } from 'vitest';
import { SEED } from '../../support/seed.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import type { Experiment } from './experiment.ts';

/** So long that only what hangs runs into it: two hundred lives of a process take minutes where many others want the processor. */
const TIMEOUT_MS = 1_800_000;

export function expectPromises(experiments: readonly Experiment[]): void {
  describe('the promises hold', () => {
    it.each(experiments.map((experiment) => [experiment.name, experiment] as const))(
      `under %s (seed ${SEED})`,
      async (name, experiment) => {
        const folder = await temporaryFolder(`faults-${name}`);
        const quiet = { tell: () => undefined, isOver: () => false };
        const report = await experiment.run({ seed: SEED, form: 'brief', folder, ...quiet });
        console.log(JSON.stringify({ experiment: name, seed: SEED, ...report }));
        expect(report.findings).toEqual([]);
      },
      TIMEOUT_MS,
    );
  });
}
