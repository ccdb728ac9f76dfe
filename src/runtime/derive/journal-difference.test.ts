import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { Journal } from '../../journal/journal.ts';
import { openJournal } from '../../journal/open-journal.ts';
import { Published } from '../published.ts';
import type { Derivation } from './derivation.ts';
import type { DeriveProgress } from './derive-progress.ts';
import { type DerivedDifference, partInFile, partInMemory } from './derived-difference.ts';
import { journalDifference } from './journal-difference.ts';

const STREAM = 'a.b@1';
const LINE_BYTES = 1_000_000;
/** Two commits and a part of a third. */
const LINES = 40;

describe('a difference that needs several commits', () => {
  let folder: string;
  let journal: Journal;
  let published: Published;
  let told: [number, number][];

  beforeEach(async () => {
    folder = await temporaryFolder('journal-difference');
    journal = await openJournal({ folder, clock: systemClock, log: silentLog });
    published = new Published(journal);
    told = [];
  });
  afterEach(() => journal.close());

  async function differenceOf(from: number): Promise<DerivedDifference> {
    const file = path.join(folder, `lines-${from}`);
    const line = (i: number) => `${JSON.stringify({ i, text: '-'.repeat(LINE_BYTES) })}\n`;
    await writeFile(file, Array.from({ length: LINES - from }, (_, i) => line(from + i)).join(''));
    return {
      deletes: partInMemory({ bytes: new Uint8Array(), count: 0 }),
      upserts: partInFile(file, LINES - from),
      alongside: [],
      remove: async () => undefined,
    };
  }

  async function journalRest(from: number, hear: (done: number, total: number) => void, signal: AbortSignal) {
    const services = { journal, published, clock: systemClock };
    const onProgress = ({ amount }: DeriveProgress) => hear(amount?.done ?? -1, amount?.total ?? -1);
    const plan = { dataset: { name: 'b', key: ['i'], fields: [], extra: 'refuse' } };
    const derivation = { services, product: { id: STREAM }, plan, onProgress } as unknown as Derivation;
    return journalDifference(derivation, await differenceOf(from), { positions: {}, transform: 'x' }, signal);
  }

  it('is stopped between two of them, shown to nobody, and taken up where it was', async () => {
    const stop = new AbortController();
    const stopAtFirst = (done: number, total: number) => {
      told.push([done, total]);
      stop.abort(new Error('stopped'));
    };
    await expect(journalRest(0, stopAtFirst, stop.signal)).rejects.toThrow('stopped');
    const journaled = journal.head(STREAM);
    expect(told).toEqual([[journaled, LINES]]);
    expect(journaled).toBeGreaterThan(0);
    expect(journaled).toBeLessThan(LINES / 2);
    expect(published.position(STREAM), 'what consumers see').toBe(0);

    const seen: number[] = [];
    const after: [number, number][] = [];
    const cursor = await journalRest(
      journaled,
      (done, total) => {
        after.push([done, total]);
        seen.push(published.position(STREAM));
      },
      new AbortController().signal,
    );
    expect(after[0]?.[0], 'what was journaled before the stop counts').toBeGreaterThan(journaled);
    expect(new Set(after.map(([, total]) => total))).toEqual(new Set([LINES]));
    expect(seen.length).toBeGreaterThan(0);
    expect(new Set(seen), 'what consumers see in between').toEqual(new Set([0]));
    expect([cursor.position, journal.head(STREAM), published.position(STREAM)]).toEqual([
      LINES,
      LINES,
      LINES,
    ]);
  });
});
