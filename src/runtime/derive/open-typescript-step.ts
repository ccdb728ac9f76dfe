import { codeOf } from '../../base/errors.ts';
import { keyFieldsOf } from '../../schema/field.ts';
import { sameKeySql } from '../../schema/reduce-sql.ts';
import { sqlName } from '../../schema/sql-type.ts';
import type { DerivePlan } from '../../transform/derive-plan.ts';
import type { Derivation } from './derivation.ts';
import type { DeriveCursor, Positions } from './derive-cursor.ts';
import { tellRecords } from './derive-progress.ts';
import type { Comparison, OpenChange } from './opened.ts';
import type { TypescriptStep } from './typescript-derivation.ts';

/** Of the records that changed between two vectors; undefined when all records must be run. Throws what running them throws. */
export async function openTypescriptStep(
  { plan, typescript, onProgress }: Derivation,
  from: Pick<DeriveCursor, 'positions' | 'lookedUp'>,
  to: Positions,
  signal: AbortSignal,
): Promise<OpenChange | undefined> {
  const step = await typescript
    ?.step(from, to, signal, tellRecords(onProgress, 'computing'))
    .catch((thrown: unknown) => {
      // An input forgot what it was at the first vector.
      if (codeOf(thrown) === 'POSITION_GONE') return undefined;
      throw thrown;
    });
  return (
    step && {
      against: (state) => comparisonOf(plan, step, state.sql),
      bytes: step.before.bytes + step.now.bytes,
      failures: step.now.failures,
      failedBefore: new Set(step.before.failures.map(({ id }) => id)),
      release: async () => {
        await Promise.all([step.before.remove(), step.now.remove()]);
      },
    }
  );
}

const [BEFORE, NOW, STATE] = ['_gave_before', '_gives_now', '_state_of_both'];

/**
 * For the keys that the changed records gave or give. A row of the state that they give now and did not give before is another record's:
 * it stands beside theirs, so that the key is found to be there twice.
 */
function comparisonOf({ dataset }: DerivePlan, { before, now }: TypescriptStep, state: string): Comparison {
  const keys = keyFieldsOf(dataset)
    .map((field) => sqlName(field.name))
    .join(', ');
  const both = `select ${keys} from ${BEFORE} union select ${keys} from ${NOW}`;
  const others = `select s.* from ${STATE} s semi join ${NOW} n on ${sameKeySql(dataset, 's', 'n')} anti join ${BEFORE} b on ${sameKeySql(dataset, 's', 'b')}`;
  return {
    setup: [
      `create temp table ${BEFORE} as ${before.sql}`,
      `create temp table ${NOW} as ${now.sql}`,
      `create temp table ${STATE} as select s.* from (${state}) s semi join (${both}) k on ${sameKeySql(dataset, 's', 'k')}`,
    ],
    rows: `select * from ${NOW} union all ${others}`,
    state: `select * from ${STATE}`,
  };
}
