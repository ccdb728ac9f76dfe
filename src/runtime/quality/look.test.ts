import { describe, expect, it } from 'vitest';
import type { PlannedCheck } from '../../quality/planned-check.ts';
import type { CheckResult } from './check-record.ts';
import { cleanChecks, dueChecks, type Looked, refusals, SCHEDULE_MS } from './look.ts';

const REFERENCE = { stream: 'a.b@1', dataset: 'b', field: 'id', text: 'a.b.id' };
const check = (id: string, measure: object, more: Partial<PlannedCheck> = {}) =>
  ({ id, severity: 'error', on: 'state', measure, ...more }) as PlannedCheck;
const ROWS = check('rows', { of: 'rows' });
const REFERENCES = check('references', { of: 'references', reference: REFERENCE });
const AGE = check('age', { of: 'age' });
const NIGHTLY = check('nightly', { of: 'rows' }, { on: 'schedule' });
const ALL = [ROWS, REFERENCES, AGE, NIGHTLY];

const LOOKED: Looked = { position: 5, references: new Map([['a.b@1', 3]]), scheduledMs: 1_000 };
const now = (more: Partial<{ position: number; reference: number; nowMs: number }> = {}) => ({
  position: more.position ?? 5,
  references: new Map([['a.b@1', more.reference ?? 3]]),
  nowMs: more.nowMs ?? 1_000,
});
const result = (of: PlannedCheck, more: Partial<CheckResult> = {}) =>
  ({ check: of, status: 'passed', failing: 0, position: 5, ...more }) as CheckResult;

describe('what a look has to do', () => {
  const ids = (looked: Looked | undefined, at: Parameters<typeof now>[0]) =>
    dueChecks(ALL, looked, now(at)).map(({ id }) => id);

  it.each([
    ['all at first', undefined, {}, ['rows', 'references', 'age', 'nightly']],
    ['nothing when nothing moved', LOOKED, {}, []],
    ['what records can change', LOOKED, { position: 6 }, ['rows', 'references', 'age']],
    ['what refers to a product that moved', LOOKED, { reference: 4 }, ['references']],
    ['what time can change', LOOKED, { nowMs: 1_000 + SCHEDULE_MS }, ['age', 'nightly']],
  ])('is %s', (_what, looked, at, expected) => {
    expect(ids(looked, at)).toEqual(expected);
  });

  it('may read the changes alone where no row failed and nothing else moved', () => {
    const clean = (results: CheckResult[], at: Parameters<typeof now>[0] = { position: 6 }) => [
      ...cleanChecks(results, LOOKED, now(at)),
    ];
    expect(clean([result(ROWS), result(REFERENCES)])).toEqual(['rows', 'references']);
    expect(clean([result(ROWS), result(REFERENCES)], { reference: 4 })).toEqual(['rows']);
    expect(clean([result(ROWS, { failing: 1 })])).toEqual([]);
    expect(clean([result(ROWS, { position: 4 })])).toEqual([]);
    expect(clean([result(ROWS, { failing: null, status: 'broken' })])).toEqual([]);
  });

  it('keeps a position back for failed and broken errors, not for warnings and schedules', () => {
    const warning = check('warning', { of: 'rows' }, { severity: 'warning' });
    const wrong = [result(ROWS, { status: 'failed' }), result(AGE, { status: 'broken' })];
    const harmless = [
      result(warning, { status: 'failed' }),
      result(NIGHTLY, { status: 'failed' }),
      result(REFERENCES),
    ];
    expect(refusals([...wrong, ...harmless])).toEqual(wrong);
  });
});
