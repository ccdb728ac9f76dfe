/** The briefest form of the kit (`npm run faults` is the long one): what it finds breaks a promise of docs/reliability.md. */
import { describe, expect, it } from 'vitest';
import { SEED } from '../support/seed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { EXPERIMENTS } from './kit/experiments.ts';

describe('the promises hold', () => {
  it.each(EXPERIMENTS.map((experiment) => [experiment.name, experiment] as const))(
    `under %s (seed ${SEED})`,
    async (name, experiment) => {
      const folder = await temporaryFolder(`faults-${name}`);
      const quiet = { tell: () => undefined, isOver: () => false };
      const report = await experiment.run({ seed: SEED, form: 'brief', folder, ...quiet });
      console.log(JSON.stringify({ experiment: name, seed: SEED, ...report }));
      expect(report.findings).toEqual([]);
    },
  );
});
