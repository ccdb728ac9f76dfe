/** Checks on a dataset as a whole: uniqueness, its size, its age, what a query says of it. */
import { formatCount, formatDuration } from '../base/duration.ts';
import { WharfError } from '../base/errors.ts';
import { type Dataset, type Field, keyFieldsOf } from '../schema/field.ts';
import { sqlName } from '../schema/sql-type.ts';
import { CHECK_DEADLINE_MS, type CheckScope } from './check-scope.ts';
import type { CheckTables, RowsWanted } from './check-tables.ts';
import './errors.ts';
import type { CheckOutcome, CheckStatus, CountRange, Measure, PlannedCheck } from './planned-check.ts';
import { failingSamples } from './samples.ts';
import { isWithin, percentOf } from './share.ts';

/** What was found; the rest of the outcome is the same for all checks. */
export type Found = Pick<CheckOutcome, 'status' | 'measured' | 'failing' | 'message'> &
  Partial<Pick<CheckOutcome, 'samples' | 'way' | 'range'>>;

export interface TableLook {
  readonly scope: CheckScope;
  readonly tables: CheckTables;
  readonly check: PlannedCheck;
}

type Of<K extends Measure['of']> = Extract<Measure, { readonly of: K }>;

/** How rows are chosen by a check on the whole: new records alone, or the state. */
export function rowsWanted(check: PlannedCheck): RowsWanted {
  return check.on === 'batch' ? 'batch' : 'all';
}

export async function measureUnique(look: TableLook, measure: Of<'unique'>): Promise<Found> {
  const { scope, tables, check } = look;
  const { dataset } = check;
  if (isHeldByKey(dataset, measure.fields))
    return { status: 'passed', measured: '0', failing: 0, message: 'The key holds it.', way: 'changes' };
  const isQuick = scope.since !== undefined && scope.clean.has(check.id) && check.on !== 'batch';
  if (isQuick && !(await mayRepeat(look, measure.fields)))
    return { status: 'passed', measured: '0', failing: 0, message: 'Every row holds.', way: 'changes' };
  const all = await tables.rows(dataset, rowsWanted(check));
  const sql = `select (select count(*) from _rows), (select coalesce(sum(_times), 0) from (${repeatedSql(measure.fields, '_rows')}))`;
  const [total, repeated] = await one(scope, all, sql);
  return uniqueFound(look, measure, all, Number(total), Number(repeated));
}

async function uniqueFound(
  { scope, check }: TableLook,
  measure: Of<'unique'>,
  setup: readonly string[],
  total: number,
  failing: number,
): Promise<Found> {
  const names = measure.fields.map((field) => field.name).join(', ');
  const status: CheckStatus = isWithin(failing, total, measure.allowed) ? 'passed' : 'failed';
  if (failing === 0) return { status, measured: '0', failing, message: 'Every row holds.' };
  const message = `${formatCount(failing)} of ${formatCount(total)} rows (${percentOf(failing, total)}) share their ${names} with another row.`;
  const same = sameSql(measure.fields, 'r', 't');
  const rows = `select r.* from _rows r semi join (${repeatedSql(measure.fields, '_rows')}) t on ${same}`;
  const samples = await failingSamples(scope, setup, check.dataset, rows);
  return { status, measured: String(failing), failing, message, samples };
}

/**
 * Whether values of changed rows can be those of another row. Where rows have a key, this is asked of all that was ever written and may
 * still show, since to find that nothing has the value it need not be known what does; what it finds may be gone, so it is no proof.
 */
async function mayRepeat({ scope, tables, check }: TableLook, fields: readonly Field[]): Promise<boolean> {
  const { dataset } = check;
  const changed = await tables.rows(dataset, 'changes', '_changed');
  const key = keyFieldsOf(dataset);
  if (key.length === 0) {
    const setup = [...(await tables.rows(dataset, 'all')), ...changed];
    const [repeated] = await one(
      scope,
      setup,
      `select count(*) from (${repeatedSql(fields, touchedSql(fields))})`,
    );
    return Number(repeated) > 0;
  }
  const setup = [...(await tables.superset(dataset, '_written')), ...changed];
  const isOther = key
    .map(({ name }) => `w.${sqlName(name)} is distinct from c.${sqlName(name)}`)
    .join(' or ');
  const [other] = await one(
    scope,
    setup,
    `select count(*) from _written w join _changed c on ${sameSql(fields, 'w', 'c')} where ${isOther}`,
  );
  return Number(other) > 0;
}

function sameSql(fields: readonly Field[], one: string, other: string): string {
  return fields.map(({ name }) => `${one}.${sqlName(name)} = ${other}.${sqlName(name)}`).join(' and ');
}

function isHeldByKey(dataset: Dataset, fields: readonly Field[]): boolean {
  const names = new Set(fields.map((field) => field.name));
  const key = keyFieldsOf(dataset);
  return key.length > 0 && key.every((field) => names.has(field.name));
}

/** Values that occur more than once, and how often. As in SQL, rows that lack one of them are equal to no other. */
function repeatedSql(fields: readonly Field[], source: string): string {
  const names = fields.map((field) => sqlName(field.name));
  const there = names.map((name) => `${name} is not null`).join(' and ');
  return `select ${names.join(', ')}, count(*) as _times from ${source} where ${there} group by ${names.join(', ')} having count(*) > 1`;
}

/** Rows with values that a changed row has: only these can have become repeated. */
function touchedSql(fields: readonly Field[]): string {
  return `(select r.* from _rows r semi join _changed c on ${sameSql(fields, 'r', 'c')})`;
}

/** A record adds or takes away one row at most: while that leaves no doubt, rows are not counted again. */
export async function measureCount(look: TableLook, { min, max }: Of<'count'>): Promise<Found> {
  const { scope, tables, check } = look;
  const range = check.on === 'batch' ? undefined : rangeNow(scope, check);
  if (range && range.min >= (min ?? 0) && range.max <= (max ?? Number.POSITIVE_INFINITY)) {
    const { min: least, max: most } = range;
    if (least < most)
      return {
        status: 'passed',
        measured: `${least} to ${most}`,
        failing: null,
        message: `There are from ${formatCount(least)} to ${formatCount(most)} rows; they are counted again in a while.`,
        way: 'changes',
        range,
      };
  }
  const setup = await tables.rows(check.dataset, rowsWanted(check));
  const count = Number((await one(scope, setup, 'select count(*) from _rows'))[0]);
  const holds = count >= (min ?? 0) && count <= (max ?? Number.POSITIVE_INFINITY);
  const message = `There are ${formatCount(count)} rows${check.on === 'batch' ? ' of new records' : ''}.`;
  const status = holds ? 'passed' : 'failed';
  return { status, measured: String(count), failing: null, message, range: { min: count, max: count } };
}

function rangeNow({ ranges, since, position }: CheckScope, { id }: PlannedCheck): CountRange | undefined {
  const before = ranges.get(id);
  if (!before || since === undefined) return undefined;
  const records = position - since;
  return { min: Math.max(0, before.min - records), max: before.max + records };
}

export async function measureAge(look: TableLook, { field, maxMs }: Of<'age'>): Promise<Found> {
  const { scope, tables, check } = look;
  const newestMs = field ? await newestOf(look, field, tables) : recordTimeMs(scope);
  const what = field ? `${field.name} of a row` : 'record';
  if (newestMs === undefined)
    return { status: 'failed', measured: null, failing: null, message: `There is no ${what}.` };
  const ageMs = Math.max(0, scope.nowMs - newestMs);
  const message = `The newest ${field?.name ?? 'record'} is ${formatDuration(ageMs)} old${check.declared ? '' : ' now'}.`;
  return {
    status: ageMs <= maxMs ? 'passed' : 'failed',
    measured: `${Math.round(ageMs / 1_000)}s`,
    failing: null,
    message,
  };
}

function recordTimeMs({ recordTimeUs }: CheckScope): number | undefined {
  return recordTimeUs === 0 ? undefined : recordTimeUs / 1_000;
}

async function newestOf(
  { scope, check }: TableLook,
  field: Field,
  tables: CheckTables,
): Promise<number | undefined> {
  const setup = await tables.rows(check.dataset, rowsWanted(check));
  const sql = `select epoch_ms(max(cast(${sqlName(field.name)} as timestamp))) from _rows`;
  const [newest] = await one(scope, setup, sql);
  return newest === null || newest === undefined ? undefined : Number(newest);
}

/** Runs the declared query, in which `{table}` is the dataset. */
export async function measureValue(look: TableLook, { sql, is }: Of<'value'>): Promise<Found> {
  const { scope, tables, check } = look;
  const setup = await tables.rows(check.dataset, rowsWanted(check));
  const { rows, columns } = await scope.engine.run([...setup, checkStatement(sql)], options(scope));
  if (rows.length !== 1 || columns.length !== 1)
    throw new WharfError(
      'CHECK_INVALID',
      `The query gave ${rows.length} rows of ${columns.length} columns; it must give one value.`,
      { hint: 'Count what must not be there: select count(*) from {table} where ...' },
    );
  const value = String(rows[0]?.[0] ?? 'null');
  const status = isSameValue(value, is) ? 'passed' : 'failed';
  return { status, measured: value, failing: null, message: `The query gave ${value}; it must give ${is}.` };
}

/** The query of a check with the view that it looks at; without the semicolon that may end it. */
export function checkStatement(sql: string): string {
  return sql.replaceAll('{table}', '_rows').replace(/[;\s]+$/, '');
}

const DECIMAL = /^-?\d+\.\d+(e[+-]?\d+)?$/i;
const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/** Integers by their digits; a number with a fraction by its value, so that 0.00 is 0. */
function isSameValue(value: string, is: string): boolean {
  if (value === is) return true;
  const isFraction = DECIMAL.test(value) || DECIMAL.test(is);
  return isFraction && NUMBER.test(value) && NUMBER.test(is) && Number(value) === Number(is);
}

async function one(scope: CheckScope, setup: readonly string[], sql: string) {
  const { rows } = await scope.engine.run([...setup, sql], options(scope));
  return rows[0] ?? [];
}

function options(scope: CheckScope) {
  return { deadlineMs: CHECK_DEADLINE_MS, ...(scope.signal ? { signal: scope.signal } : {}) };
}
