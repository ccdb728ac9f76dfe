/** Checks against the product's own history: the window of time that ends now, and the one before it. */
import { unreachable } from '../base/assert.ts';
import { formatCount } from '../base/duration.ts';
import { sqlName } from '../schema/sql-type.ts';
import { CHECK_DEADLINE_MS, type CheckScope } from './check-scope.ts';
import type { Found, TableLook } from './measure-table.ts';
import type { Measure, ShiftAspect } from './planned-check.ts';
import { isWithin, percentOf } from './share.ts';
import { aspectText } from './shift-aspect.ts';

type Of<K extends Measure['of']> = Extract<Measure, { readonly of: K }>;

/** Positions: the window before is (before, between], the one that ends now (between, now]. */
interface Windows {
  readonly before: number;
  readonly between: number;
  readonly now: number;
}

/** Undefined when the log does not reach back to the beginning of the window before. */
async function windowsOf(scope: CheckScope, windowMs: number): Promise<Windows | undefined> {
  const { store, product, position, nowMs } = scope;
  const at = (ms: number) => store.positionAt(product.id, Math.max(0, ms) * 1_000);
  const [before, between] = await Promise.all([at(nowMs - 2 * windowMs), at(nowMs - windowMs)]);
  if (before === 0) return undefined;
  return { before: Math.min(before, position), between: Math.min(between, position), now: position };
}

const SHIFT_DIGITS = 12;

const NOTHING_BEFORE: Found = {
  status: 'passed',
  measured: null,
  failing: null,
  message: 'The log does not reach back to a whole window before, so there is nothing to compare with yet.',
};

export async function measureVolume({ scope }: TableLook, measure: Of<'volume'>): Promise<Found> {
  const { store, product, position, nowMs } = scope;
  const { windowMs, backMs } = measure;
  const at = (ms: number) => store.positionAt(product.id, Math.max(0, ms) * 1_000);
  const [first, last, begin] = await Promise.all([
    at(nowMs - backMs - windowMs),
    at(nowMs - backMs),
    at(nowMs - windowMs),
  ]);
  if (first === 0) return NOTHING_BEFORE;
  const earlier = Math.min(last, position) - Math.min(first, position);
  const recent = position - Math.min(begin, position);
  const difference = Math.abs(recent - earlier);
  const status = isWithin(difference, earlier, measure.change) ? 'passed' : 'failed';
  const change = earlier === 0 ? null : percentOf(difference, earlier);
  const message = `There were ${formatCount(recent)} records, and ${formatCount(earlier)} in the window before.`;
  return { status, measured: change, failing: null, message };
}

export async function measureShift(
  { scope, tables, check }: TableLook,
  measure: Of<'shift'>,
): Promise<Found> {
  const windows = await windowsOf(scope, measure.windowMs);
  if (!windows) return NOTHING_BEFORE;
  const { before, between, now } = windows;
  const setup = [
    ...(await tables.records(check.dataset, before, between, '_before')),
    ...(await tables.records(check.dataset, between, now, '_now')),
  ];
  const options = { deadlineMs: CHECK_DEADLINE_MS, ...(scope.signal ? { signal: scope.signal } : {}) };
  const { rows } = await scope.engine.run([...setup, shiftSql(measure)], options);
  const [shift, earlier, recent] = rows[0] ?? [];
  if (shift === null || shift === undefined) {
    const message = `There are ${formatCount(Number(recent))} values, and ${formatCount(Number(earlier))} in the window before: too few to compare.`;
    return { status: 'passed', measured: null, failing: null, message };
  }
  const allowed = Number(measure.change.numerator) / Number(measure.change.denominator);
  const percent = `${Number((100 * Number(shift)).toFixed(4))}%`;
  return {
    // 80% less 60% is 20%, also where binary fractions say a little more.
    status: Number(Number(shift).toFixed(SHIFT_DIGITS)) <= allowed ? 'passed' : 'failed',
    measured: percent,
    failing: null,
    message: `${aspectText(measure.aspect)} of ${measure.field.name} shifted by ${percent}.`,
  };
}

/**
 * One row: the shift (null without values on both sides) and how many values there were. The shift of a mean or a quantile is a share of
 * what it was before; that of a share is the difference of both; that of a mix is the share of rows that would have to change their value
 * for both windows to be alike.
 */
function shiftSql({ field, aspect }: Of<'shift'>): string {
  const name = sqlName(field.name);
  const counts = `(select count(${name}) from _before), (select count(${name}) from _now)`;
  if (aspect.kind === 'mix') return `${mixShiftSql(name, counts)}`;
  const figure = figureSql(name, aspect);
  const relative = 'case when b.m = n.m then 0 when b.m = 0 then 1 else abs(n.m - b.m) / abs(b.m) end';
  const shift = aspect.kind === 'share' ? 'abs(n.m - b.m)' : relative;
  const of = (table: string) => `(select ${figure} as m from ${table})`;
  return `select case when b.m is null or n.m is null then null else ${shift} end, ${counts} from ${of('_before')} b, ${of('_now')} n`;
}

function figureSql(name: string, aspect: Exclude<ShiftAspect, { readonly kind: 'mix' }>): string {
  switch (aspect.kind) {
    case 'mean':
      return `avg(cast(${name} as double))`;
    case 'quantile':
      return `quantile_cont(cast(${name} as double), ${Number(aspect.at.numerator) / Number(aspect.at.denominator)})`;
    case 'share':
      return `count(*) filter (where ${name} = ${aspect.literal}) / nullif(count(${name}), 0)`;
    default:
      return unreachable(aspect);
  }
}

function mixShiftSql(name: string, counts: string): string {
  const shares = (table: string) =>
    `(select cast(${name} as varchar) as v, count(*) / sum(count(*)) over () as s from ${table} where ${name} is not null group by all)`;
  return `select case when count(b.v) = 0 or count(n.v) = 0 then null else sum(abs(coalesce(n.s, 0) - coalesce(b.s, 0))) / 2 end, ${counts} from ${shares('_before')} b full join ${shares('_now')} n on b.v = n.v`;
}
