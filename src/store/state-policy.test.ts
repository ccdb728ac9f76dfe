import { describe, expect, it } from 'vitest';
import { STORE_LIMITS } from './limits.ts';
import { emptyDatasetManifest, type Run, type StateRun } from './run.ts';
import { dueStateWork, uncoveredRows } from './state-policy.ts';

const run = (first: number, last: number): Run => ({
  file: `${first}-${last}`,
  first,
  last,
  rows: last - first + 1,
  bytes: (last - first + 1) * 100,
  crc: 0,
  timeFromUs: 0,
  timeToUs: 0,
  schema: 0,
});
const state = (first: number, last: number): StateRun => ({ ...run(first, last), complete: first === 1 });
const due = (history: Run[], states: StateRun[], idle = false, reads = 0) =>
  dueStateWork({ ...emptyDatasetManifest(''), history, state: states }, STORE_LIMITS, { idle, reads })?.kind;

describe('dueStateWork', () => {
  it('makes the first state at once, and none where there is nothing', () => {
    expect(due([], [])).toBeUndefined();
    expect(due([run(1, 10)], [])).toBe('complete');
    expect(due([run(1, 10)], [state(1, 10)], true)).toBeUndefined();
  });

  it('makes a large first state only once no more records come, reads have paid for it, or too many wait', () => {
    const few = run(1, STORE_LIMITS.baseRowsCheap);
    const many = run(1, STORE_LIMITS.baseRowsCheap + 1);
    const tooMany = run(1, STORE_LIMITS.baseRowsBusy);
    expect([few, many, tooMany].map((records) => due([records], []))).toEqual([
      'complete',
      undefined,
      'complete',
    ]);
    expect(due([many], [], true)).toBe('complete');
    expect(due([many], [], false, STORE_LIMITS.baseReads - 1)).toBeUndefined();
    expect(due([many], [], false, STORE_LIMITS.baseReads)).toBe('complete');
  });

  it('begins no large base while a start is young, and those that are soon done at once', () => {
    const dueAtStart = (history: Run[], states: StateRun[]) => {
      const use = { idle: true, reads: 0, justStarted: true };
      return dueStateWork({ ...emptyDatasetManifest(''), history, state: states }, STORE_LIMITS, use)?.kind;
    };
    expect(dueAtStart([run(1, STORE_LIMITS.baseRowsBusy)], [])).toBeUndefined();
    expect(dueAtStart([run(1, 1_000_000), run(1_000_001, 2_000_000)], [state(1, 1_000_000)])).toBeUndefined();
    expect(dueAtStart([run(1, STORE_LIMITS.baseRowsBusy - 1)], [])).toBe('complete');
  });

  it('leaves few new records in history while more keep coming, and takes them in when none do', () => {
    expect(due([run(1, 1_000), run(1_001, 1_010)], [state(1, 1_000)])).toBeUndefined();
    expect(due([run(1, 1_000), run(1_001, 1_010)], [state(1, 1_000)], true)).toBe('complete');
    expect(due([run(1, 1_000_000), run(1_000_001, 1_000_010)], [state(1, 1_000_000)], true)).toBeUndefined();
  });

  it('takes few new records into a large base once reads have paid for it, and none keep coming', () => {
    const runs: [Run[], StateRun[]] = [[run(1, 1_000_000), run(1_000_001, 1_000_010)], [state(1, 1_000_000)]];
    expect(due(...runs, true, STORE_LIMITS.baseReads - 1)).toBeUndefined();
    expect(due(...runs, true, STORE_LIMITS.baseReads)).toBe('complete');
    expect(due(...runs, false, STORE_LIMITS.baseReads)).toBeUndefined();
    const written = { ...state(1, 1_000_000), forScans: true };
    expect(due([run(1, 1_000_000)], [written], true, 1_000)).toBeUndefined();
  });

  it('writes a large base anew for scans once it is read often and no records come, and only once', () => {
    const often = STORE_LIMITS.baseReads;
    const base = state(1, 1_000_000);
    expect(due([run(1, 1_000_000)], [base], true, often - 1)).toBeUndefined();
    expect(due([run(1, 1_000_000)], [base], false, often)).toBeUndefined();
    expect(due([run(1, 1_000_000)], [base], true, often)).toBe('complete');
    expect(due([run(1, 1_000_000)], [{ ...base, forScans: true }], true, often)).toBeUndefined();
    expect(due([run(1, 100_000)], [state(1, 100_000)], true, often)).toBeUndefined();
  });

  it('gives many new records a state of their own while the base is much larger', () => {
    expect(due([run(1, 10_000_000), run(10_000_001, 10_060_000)], [state(1, 10_000_000)])).toBe('delta');
    expect(due([run(1, 100_000), run(100_001, 200_000)], [state(1, 100_000)])).toBe('complete');
  });

  it('counts only what no state stands for, also when history runs were merged across that line', () => {
    const manifest = { ...emptyDatasetManifest(''), history: [run(1, 1_000)], state: [state(1, 990)] };
    expect(uncoveredRows(manifest)).toBe(10);
  });

  it('merges deltas of similar size', () => {
    const deltas = Array.from({ length: 4 }, (_, i) => state(1_000_001 + i * 50_000, 1_050_000 + i * 50_000));
    expect(due([run(1, 1_200_000)], [state(1, 1_000_000), ...deltas])).toBe('merge');
  });
});
