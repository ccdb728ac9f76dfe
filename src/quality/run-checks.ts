/** Runs the checks of a product at one position. */
import { unreachable } from '../base/assert.ts';
import { attempt } from './attempt.ts';
import type { CheckScope } from './check-scope.ts';
import { CheckTables } from './check-tables.ts';
import { measureRows } from './measure-rows.ts';
import {
  type Found,
  measureAge,
  measureCount,
  measureUnique,
  measureValue,
  type TableLook,
} from './measure-table.ts';
import { measureShift, measureVolume } from './measure-windows.ts';
import { type CheckOutcome, isRowWise, type PlannedCheck } from './planned-check.ts';

/**
 * One outcome for each check, in their order. A check that cannot be run is `broken`. Throws what is no fault of a check: POSITION_GONE,
 * RUN_DAMAGED, ENGINE_DIED and the like; then nothing is known.
 */
export async function runChecks(checks: readonly PlannedCheck[], scope: CheckScope): Promise<CheckOutcome[]> {
  const tables = new CheckTables(scope);
  try {
    const outcomes = new Map<string, CheckOutcome>();
    for (const dataset of new Set(checks.map((check) => check.dataset))) {
      const rowWise = checks.filter((check) => check.dataset === dataset && isRowWise(check));
      for (const outcome of await measureRows({ scope, tables, dataset }, rowWise))
        outcomes.set(outcome.check.id, outcome);
    }
    for (const check of checks.filter((one) => !isRowWise(one)))
      outcomes.set(check.id, await measureWhole({ scope, tables, check }));
    return checks.flatMap(({ id }) => outcomes.get(id) ?? []);
  } finally {
    await tables.release();
  }
}

async function measureWhole(look: TableLook): Promise<CheckOutcome> {
  const startedMs = performance.now();
  const tried = await attempt(() => measure(look));
  const { check } = look;
  const durationMs = performance.now() - startedMs;
  if ('value' in tried) return { samples: [], way: 'all', ...tried.value, check, durationMs };
  const message = `It could not be run: ${tried.broken}`;
  return {
    check,
    status: 'broken',
    measured: null,
    failing: null,
    message,
    samples: [],
    durationMs,
    way: 'all',
  };
}

function measure(look: TableLook): Promise<Found> {
  const wanted = look.check.measure;
  switch (wanted.of) {
    case 'unique':
      return measureUnique(look, wanted);
    case 'count':
      return measureCount(look, wanted);
    case 'age':
      return measureAge(look, wanted);
    case 'volume':
      return measureVolume(look, wanted);
    case 'shift':
      return measureShift(look, wanted);
    case 'value':
      return measureValue(look, wanted);
    case 'rows':
    case 'references':
      throw new Error(`Invariant broken: "${look.check.id}" is row-wise`);
    default:
      return unreachable(wanted);
  }
}
