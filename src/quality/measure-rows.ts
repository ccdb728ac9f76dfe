/**
 * Checks that say something of each row alone: one pass over the rows counts what fails each of them.
 *
 * Where no row failed at the look before, only rows that changed can fail now, so only these are read. As soon as one does, and a share
 * of failing rows is allowed, all rows are counted, since the share needs both numbers.
 */
import { formatCount } from '../base/duration.ts';
import type { Dataset } from '../schema/field.ts';
import { isLastOnly } from '../schema/reduce-sql.ts';
import { sqlName } from '../schema/sql-type.ts';
import { attempt } from './attempt.ts';
import { CHECK_DEADLINE_MS, type CheckScope } from './check-scope.ts';
import type { CheckTables, RowsWanted } from './check-tables.ts';
import type { CheckOutcome, PlannedCheck } from './planned-check.ts';
import { failingSamples } from './samples.ts';
import { isWithin, percentOf, type Share } from './share.ts';

export interface RowsLook {
  readonly scope: CheckScope;
  readonly tables: CheckTables;
  readonly dataset: Dataset;
}

interface Counted {
  readonly check: PlannedCheck;
  readonly failing: number;
  readonly rows: number;
  readonly way: RowsWanted;
  readonly ms: number;
}

type Result = Counted | { readonly check: PlannedCheck; readonly broken: string; readonly ms: number };

/** All checks must be row-wise and of the look's dataset. */
export async function measureRows(look: RowsLook, checks: readonly PlannedCheck[]): Promise<CheckOutcome[]> {
  const { clean, since } = look.scope;
  const way = 'changes' as const;
  const ofBatch = checks.filter((check) => check.on === 'batch');
  const ofState = checks.filter((check) => check.on !== 'batch');
  const isQuick = (check: PlannedCheck) => since !== undefined && clean.has(check.id);
  const isHeld = (check: PlannedCheck) => isQuick(check) && isHeldByContract(look.dataset, check);
  const held = ofState.filter(isHeld).map((check) => ({ check, failing: 0, rows: 0, way, ms: 0 }));
  const quick = await count(
    look,
    ofState.filter((check) => isQuick(check) && !isHeld(check)),
    'changes',
  );
  const mustSeeAll = (result: Result) =>
    !('broken' in result) && result.failing > 0 && allowedOf(result.check).numerator > 0n;
  const again = quick.filter(mustSeeAll).map(({ check }) => check);
  const results = [
    ...held,
    ...quick.filter((result) => !mustSeeAll(result)),
    ...(await count(look, [...ofState.filter((check) => !isQuick(check)), ...again], 'all')),
    ...(await count(look, ofBatch, 'batch')),
  ];
  return Promise.all(results.map((result) => outcomeOf(look, result)));
}

/**
 * What follows from the fields is what every record was held to on its way in, so a row that changed cannot fail it: but where records
 * combine, to values that none of them had.
 */
function isHeldByContract(dataset: Dataset, check: PlannedCheck): boolean {
  return !check.declared && isLastOnly(dataset);
}

/** One statement for all; when it fails, one for each tells whose fault it is. */
async function count(look: RowsLook, checks: readonly PlannedCheck[], way: RowsWanted): Promise<Result[]> {
  if (checks.length === 0) return [];
  const startedMs = performance.now();
  const tried = await attempt(() => countTogether(look, checks, way));
  const ms = performance.now() - startedMs;
  if ('value' in tried) return tried.value.map((counted) => ({ ...counted, ms: ms / checks.length }));
  const [only, ...others] = checks;
  if (only && others.length === 0) return [{ check: only, broken: tried.broken, ms }];
  const apart: Result[] = [];
  for (const check of checks) apart.push(...(await count(look, [check], way)));
  return apart;
}

async function countTogether(
  look: RowsLook,
  checks: readonly PlannedCheck[],
  way: RowsWanted,
): Promise<Omit<Counted, 'ms'>[]> {
  const { scope, tables, dataset } = look;
  const setup = await tables.rows(dataset, way);
  for (const [i, check] of checks.entries()) setup.push(...(await referenceSetup(tables, check, i)));
  const flags = checks.map((check, i) => `coalesce(${badSql(check, i)}, false) as b${i}`);
  const counts = checks.map((_, i) => `count(*) filter (where b${i})`);
  const sql = `select count(*), ${counts.join(', ')} from (select ${flags.join(', ')} from _rows)`;
  const { rows } = await scope.engine.run([...setup, sql], options(scope));
  const [total, ...failing] = rows[0] ?? [];
  return checks.map((check, i) => ({ check, failing: Number(failing[i]), rows: Number(total), way }));
}

async function referenceSetup(tables: CheckTables, check: PlannedCheck, i: number): Promise<string[]> {
  return check.measure.of === 'references' ? tables.reference(check.measure.reference, `_reference${i}`) : [];
}

/** The condition that a row fails the check; `i` names the view of what it refers to. */
function badSql(check: PlannedCheck, i: number): string {
  const { measure } = check;
  if (measure.of === 'rows') return `(${measure.bad})`;
  if (measure.of !== 'references') throw new Error(`Invariant broken: "${check.id}" is not row-wise`);
  const target = sqlName(measure.reference.field);
  return `(${sqlName(measure.field.name)} not in (select ${target} from _reference${i} where ${target} is not null))`;
}

function options(scope: CheckScope) {
  return { deadlineMs: CHECK_DEADLINE_MS, ...(scope.signal ? { signal: scope.signal } : {}) };
}

async function outcomeOf(look: RowsLook, result: Result): Promise<CheckOutcome> {
  const { check, ms } = result;
  const base = { check, durationMs: ms };
  if ('broken' in result) {
    const message = `It could not be run: ${result.broken}`;
    return { ...base, status: 'broken', measured: null, failing: null, message, samples: [], way: 'all' };
  }
  const { failing, rows, way } = result;
  const status = isWithin(failing, rows, allowedOf(check)) ? 'passed' : 'failed';
  const message =
    failing === 0
      ? 'Every row holds.'
      : `${formatCount(failing)} of ${formatCount(rows)} ${way === 'changes' ? 'changed ' : ''}rows (${percentOf(failing, rows)}) do not hold.`;
  const samples = failing === 0 ? [] : await samplesOf(look, check, way);
  return {
    ...base,
    status,
    measured: String(failing),
    failing,
    message,
    samples,
    way: way === 'all' ? 'all' : 'changes',
  };
}

async function samplesOf(look: RowsLook, check: PlannedCheck, way: RowsWanted): Promise<readonly string[]> {
  const { scope, tables, dataset } = look;
  const setup = [...(await tables.rows(dataset, way)), ...(await referenceSetup(tables, check, 0))];
  return failingSamples(scope, setup, dataset, `select * from _rows where ${badSql(check, 0)}`);
}

function allowedOf({ measure }: PlannedCheck): Share {
  if (measure.of === 'rows' || measure.of === 'references') return measure.allowed;
  throw new Error('Invariant broken: only row-wise checks come here');
}
