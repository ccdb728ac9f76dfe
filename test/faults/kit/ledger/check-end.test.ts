/** The kit's own eyes: an end that is right is found right, and each kind of wrong is found. */
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/base/clock.ts';
import { silentLog } from '../../../../src/base/log.ts';
import { openJournal } from '../../../../src/journal/open-journal.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { checkEnd } from './check-end.ts';
import type { Row } from './ledger-mesh.ts';
import type { Known } from './writers.ts';

const EVENTS = [
  { turn: 1, i: 0 },
  { turn: 1, i: 1 },
  { turn: 2, i: 0 },
];
const WAITING = [
  { turn: 3, i: 0 },
  { turn: 3, i: 1 },
];
const KNOWN: Known = {
  acknowledged: { events: EVENTS, items: [] },
  waiting: { events: WAITING, items: [] },
  lines: { a: 2 },
};
const LINES = [0, 1].map((i) => ({ writer: 'a', i }));

interface End {
  readonly events?: readonly Row[];
  readonly lines?: readonly Row[];
  readonly sums?: readonly Row[];
  /** How many events the sums are of. */
  readonly of?: number;
}

async function found({ events = EVENTS, lines = LINES, sums = [], of }: End): Promise<readonly string[]> {
  const folder = await temporaryFolder('check-end');
  const journal = await openJournal({ folder, clock: systemClock, log: silentLog });
  for (const [product, rows] of Object.entries({ events, lines, sums })) {
    if (rows.length === 0) continue;
    const body = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    await journal.commit({
      appends: [{ stream: `test.${product}@1`, dataset: product, count: rows.length, body }],
    });
  }
  const value = { positions: { 'test.events@1': of }, position: sums.length };
  if (of !== undefined) await journal.commit({ cursors: [{ task: 'derive/test.sums@1', value }] });
  await journal.close();
  return (await checkEnd(folder, KNOWN)).wrong;
}

describe('an end', () => {
  it('is right with what was acknowledged, and with the batch that was on its way', async () => {
    expect(await found({})).toEqual([]);
    expect(await found({ events: [...EVENTS, ...WAITING] })).toEqual([]);
    expect(await found({ lines: [] })).toEqual([]);
  });

  it.each([
    ['lost records', { events: EVENTS.slice(0, 2) }],
    ['records that are there twice', { events: [...EVENTS, ...EVENTS.slice(2)] }],
    ['records in another order', { events: EVENTS.toReversed() }],
    ['a part of a batch', { events: [...EVENTS, ...WAITING.slice(0, 1)] }],
    ['lines left out', { lines: LINES.slice(1) }],
    ['lines that nobody wrote', { lines: [...LINES, { writer: 'a', i: 2 }] }],
  ])('shows %s', async (_what, end) => {
    expect(await found(end)).toHaveLength(1);
  });

  it('shows derived rows that are not those of the inputs at the positions that stand with them', async () => {
    const ofTwo = [
      { i: 0, n: 1, turns: 1 },
      { i: 1, n: 1, turns: 1 },
    ];
    expect(await found({ sums: ofTwo, of: 2 })).toEqual([]);
    expect(await found({ sums: ofTwo, of: 3 })).toHaveLength(1);
    expect(await found({ sums: ofTwo, of: 9 })).toHaveLength(1);
    expect(await found({ sums: ofTwo })).toHaveLength(1);
  });
});
