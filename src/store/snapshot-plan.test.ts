import { describe, expect, it } from 'vitest';
import type { Run, StateRun } from './run.ts';
import { planSnapshot } from './snapshot-plan.ts';

const span = (file: string, first: number, last: number) => ({ file, first, last });
const run = (file: string, first: number, last: number) => span(file, first, last) as Run;
const state = (file: string, last: number) => span(file, 1, last) as StateRun;

describe('which runs show a dataset', () => {
  const input = { keyed: true, flushed: 900, tail: [] };

  it('goes on from the floor when the newest state ends before it: what lies between is dropped', () => {
    const history = [run('h', 301, 900)];
    const plan = planSnapshot(
      { ...input, floor: 300, floorState: state('floor', 300), state: [state('old', 100)], history },
      900,
    );
    expect([plan.base?.file, plan.deltas, plan.history.map((part) => part.after)]).toEqual([
      'floor',
      [],
      [undefined],
    ]);
  });

  it('takes the newest state at or before the position, and the records behind it', () => {
    const history = [run('h', 301, 900)];
    const plan = planSnapshot(
      { ...input, floor: 300, floorState: state('floor', 300), state: [state('base', 600)], history },
      900,
    );
    expect([plan.base?.file, plan.history.map((part) => part.after)]).toEqual(['base', [600]]);
  });

  it('takes the floor for a position before the newest state', () => {
    const history = [run('h', 301, 900)];
    const plan = planSnapshot(
      { ...input, floor: 300, floorState: state('floor', 300), state: [state('base', 600)], history },
      400,
    );
    expect([plan.base?.file, plan.history.map((part) => [part.after, part.through])]).toEqual([
      'floor',
      [[undefined, 400]],
    ]);
  });
});
