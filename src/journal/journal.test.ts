import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock, VirtualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import type { Journal } from './journal.ts';
import type { JournalLimits } from './limits.ts';
import { openJournal } from './open-journal.ts';

let folder: string;
let journal: Journal;

const open = async (clock: Clock = systemClock, limits: Partial<JournalLimits> = {}) => {
  journal = await openJournal({ folder, clock, log: silentLog, limits });
  return journal;
};

const body = (...documents: unknown[]) =>
  Buffer.from(documents.map((document) => `${JSON.stringify(document)}\n`).join(''));

const append = (stream: string, ...documents: unknown[]) => ({
  stream,
  dataset: 'main',
  count: documents.length,
  body: body(...documents),
});

/** Every document that the journal gives for a stream, with its position. */
function documents(stream: string, from = 1, to?: number): [number, unknown][] {
  return [...journal.read(stream, from, to)].flatMap((block) =>
    Buffer.from(block.body)
      .toString()
      .trimEnd()
      .split('\n')
      .map((line, i): [number, unknown] => [block.first + i, JSON.parse(line)]),
  );
}

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'wharf-journal-'));
});

afterEach(async () => {
  await journal?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('appending', () => {
  it('numbers the records of each stream 1, 2, 3 in the order of the calls, and keeps their bytes', async () => {
    await open();
    const commits = await Promise.all([
      journal.commit({ appends: [append('a@1', { n: 1 }, { n: 2 })] }),
      journal.commit({ appends: [append('b@1', { n: 1 }), append('a@1', { n: 3 })] }),
      journal.commit({ appends: [append('a@1', { n: 4 })] }),
    ]);
    expect(commits.map(({ positions }) => positions)).toEqual([
      [{ first: 1, last: 2 }],
      [
        { first: 1, last: 1 },
        { first: 3, last: 3 },
      ],
      [{ first: 4, last: 4 }],
    ]);
    expect(documents('a@1')).toEqual([1, 2, 3, 4].map((n) => [n, { n }]));
    expect(documents('b@1')).toEqual([[1, { n: 1 }]]);
    expect([journal.head('a@1'), journal.head('b@1'), journal.head('c@1')]).toEqual([4, 1, 0]);
    expect([...journal.streams()].sort()).toEqual(['a@1', 'b@1']);
  });

  it('shows nothing of a commit before it is acknowledged', async () => {
    await open();
    const acknowledged = journal.commit({ appends: [append('a@1', 1)] });
    expect(journal.head('a@1')).toBe(0);
    expect(documents('a@1')).toEqual([]);
    await acknowledged;
    expect(journal.head('a@1')).toBe(1);
  });

  it('gives everything back after a restart, down to deletes, datasets, times and cursors', async () => {
    await open(new VirtualClock(1_700_000_000_000));
    await journal.commit({
      appends: [
        {
          stream: 's@1',
          dataset: 'éléments',
          count: 3,
          body: body({ k: 1 }, { k: 2 }, { k: 3 }),
          deletes: [0, 2],
        },
        append('s@1', { k: 'ünïcode 😀' }),
      ],
      cursors: [{ task: 'capture/s@1', value: { file: 'x.csv', offset: 12 } }],
    });
    const before = [...journal.read('s@1', 1)];
    await journal.close();
    await open();
    const after = [...journal.read('s@1', 1)];
    expect(after).toEqual(before);
    expect(after[0]).toMatchObject({
      dataset: 'éléments',
      first: 1,
      last: 3,
      deletes: [0, 2],
      timeUs: 1_700_000_000_000_000,
    });
    expect(after[1]).toMatchObject({ dataset: 'main', first: 4, last: 4, deletes: [] });
    expect(journal.head('s@1')).toBe(4);
    expect(journal.headTimeUs('s@1')).toBe(1_700_000_000_000_000);
    expect(journal.cursor('capture/s@1')).toEqual({ file: 'x.csv', offset: 12 });
  });

  it('never lets time go back, not with the clock and not over a restart', async () => {
    const clock = new VirtualClock(5_000);
    await open(clock);
    const first = await journal.commit({ appends: [append('a@1', 1)] });
    clock.advance(-3_000);
    const second = await journal.commit({ appends: [append('a@1', 2)] });
    clock.advance(10_000);
    const third = await journal.commit({ cursors: [{ task: 't', value: 1 }] });
    await journal.close();
    await open(new VirtualClock(1_000));
    const fourth = await journal.commit({ appends: [append('b@1', 1)] });
    expect([first, second, third, fourth].map(({ timeUs }) => timeUs)).toEqual([
      5_000_000, 5_000_000, 12_000_000, 12_000_000,
    ]);
  });

  it('keeps the deletes at their places when neighbouring appends become one block', async () => {
    await open();
    const push = (documents: unknown[], deletes: number[]) =>
      journal.commit({ appends: [{ ...append('a@1', ...documents), deletes }] });
    await Promise.all([push([1, 2], [1]), push([3, 4, 5], [0, 2]), push([6], [])]);
    const blocks = [...journal.read('a@1', 1)];
    expect(blocks).toHaveLength(1);
    expect(blocks[0]?.deletes).toEqual([1, 2, 4]);
  });

  it('refuses a commit whose count does not fit its lines, and leaves the others alone', async () => {
    await open();
    const wrong = journal.commit({ appends: [{ ...append('a@1', 1, 2), count: 3 }] });
    const right = journal.commit({ appends: [append('a@1', 1)] });
    await expect(wrong).rejects.toThrow('a@1 has a count of 3, but 2 lines');
    await expect(right).resolves.toMatchObject({ positions: [{ first: 1, last: 1 }] });
  });

  it('refuses names that a key cannot hold', async () => {
    await open();
    for (const stream of ['', 'a\0b', 'x'.repeat(1_025)]) {
      await expect(journal.commit({ appends: [append(stream, 1)] })).rejects.toMatchObject({
        code: 'JOURNAL_NAME_INVALID',
      });
    }
  });

  it('refuses a commit that is larger than the limit, naming both sizes', async () => {
    await open(systemClock, { commitBytesMax: 1_000 });
    await expect(journal.commit({ appends: [append('a@1', 'x'.repeat(1_000))] })).rejects.toMatchObject({
      code: 'JOURNAL_COMMIT_TOO_LARGE',
      message: 'A commit of 1.0 kB is larger than the journal takes; expected at most 1.0 kB.',
    });
  });
});

describe('reading', () => {
  it('gives the whole blocks that hold the positions asked for', async () => {
    await open();
    for (const documents of [[1, 2, 3], [4], [5, 6]])
      await journal.commit({ appends: [append('a@1', ...documents)] });
    const extents = (from: number, to?: number) =>
      [...journal.read('a@1', from, to)].map(({ first, last }) => [first, last]);
    expect(extents(1)).toEqual([
      [1, 3],
      [4, 4],
      [5, 6],
    ]);
    expect(extents(2, 2)).toEqual([[1, 3]]);
    expect(extents(3, 5)).toEqual([
      [1, 3],
      [4, 4],
      [5, 6],
    ]);
    expect(extents(6)).toEqual([[5, 6]]);
    expect(extents(7)).toEqual([]);
    expect(extents(0, 0)).toEqual([]);
  });

  it('does not mix up streams of which one name begins with the other', async () => {
    await open();
    await journal.commit({
      appends: [append('a@1', 'product'), append('a@1/source', 'source', 'more'), append('a@10', 'ten')],
    });
    expect(documents('a@1')).toEqual([[1, 'product']]);
    expect(documents('a@1/source').map(([, document]) => document)).toEqual(['source', 'more']);
    expect(documents('a@10')).toEqual([[1, 'ten']]);
  });

  it('goes on over new blocks only up to the head at the call', async () => {
    await open();
    await journal.commit({ appends: [append('a@1', 1)] });
    const reading = journal.read('a@1', 1);
    await journal.commit({ appends: [append('a@1', 2)] });
    expect([...reading].map(({ last }) => last)).toEqual([1]);
  });

  it('calls listeners with the new head once the records can be read', async () => {
    await open();
    const heads: [number, number][] = [];
    const stop = journal.onAppend('a@1', (head) => heads.push([head, documents('a@1').length]));
    await journal.commit({ appends: [append('a@1', 1, 2)] });
    await journal.commit({ appends: [append('b@1', 1)] });
    await journal.commit({ cursors: [{ task: 't', value: 1 }] });
    stop();
    await journal.commit({ appends: [append('a@1', 3)] });
    expect(heads).toEqual([[2, 2]]);
  });
});

describe('trimming', () => {
  const fill = async () => {
    await open();
    for (const documents of [[1, 2, 3], [4], [5, 6]])
      await journal.commit({ appends: [append('a@1', ...documents)] });
  };

  it('drops only whole blocks, and says which positions are gone', async () => {
    await fill();
    await journal.commit({ trims: [{ stream: 'a@1', through: 5 }] });
    expect(journal.tail('a@1')).toBe(5);
    expect(documents('a@1', 5)).toEqual([
      [5, 5],
      [6, 6],
    ]);
    expect(() => journal.read('a@1', 4)).toThrow(
      'Position 4 of "a@1" is no longer in the journal; expected 5 or later.',
    );
  });

  it('does nothing before the tail', async () => {
    await fill();
    await journal.commit({ trims: [-5, 0, 2].map((through) => ({ stream: 'a@1', through })) });
    await journal.commit({ trims: [{ stream: 'never-seen@1', through: 7 }] });
    expect(journal.tail('a@1')).toBe(1);
    expect([...journal.streams()]).toEqual(['a@1']);
  });

  it('keeps the head when everything is trimmed, over a restart too', async () => {
    await fill();
    await journal.commit({ trims: [{ stream: 'a@1', through: 99 }] });
    await journal.close();
    await open();
    expect([journal.head('a@1'), journal.tail('a@1'), journal.heldBytes('a@1')]).toEqual([6, 7, 0]);
    const next = await journal.commit({ appends: [append('a@1', 7)] });
    expect(next.positions).toEqual([{ first: 7, last: 7 }]);
    expect(documents('a@1', 7)).toEqual([[7, 7]]);
    expect(journal.tail('a@1')).toBe(7);
  });

  it('tells a reader that was overtaken instead of skipping records', async () => {
    await fill();
    const reading = journal.read('a@1', 1);
    expect(reading.next().value).toMatchObject({ last: 3 });
    await journal.commit({ trims: [{ stream: 'a@1', through: 4 }] });
    expect(() => reading.next()).toThrow('Position 4 of "a@1" is no longer in the journal');
  });

  it('trims what the same commit appended', async () => {
    await open();
    await journal.commit({ appends: [append('a@1', 1, 2)], trims: [{ stream: 'a@1', through: 2 }] });
    expect([journal.head('a@1'), journal.tail('a@1'), journal.heldBytes('a@1')]).toEqual([2, 3, 0]);
    await journal.close();
    await open();
    expect(journal.head('a@1')).toBe(2);
  });

  it('counts the bytes that are held', async () => {
    await fill();
    const all = journal.heldBytes('a@1');
    expect(all).toBeGreaterThan(3 * 32);
    await journal.commit({ trims: [{ stream: 'a@1', through: 3 }] });
    const some = journal.heldBytes('a@1');
    expect(some).toBeLessThan(all);
    await journal.close();
    await open();
    expect(journal.heldBytes('a@1')).toBe(some);
  });
});

describe('cursors', () => {
  it('are listed by prefix, in order, without those that were removed', async () => {
    await open();
    const tasks = ['b/2', 'a/1', 'a', 'a/10', 'a/2', 'c'];
    await journal.commit({ cursors: tasks.map((task) => ({ task, value: task.length })) });
    await journal.commit({ cursors: [{ task: 'a/10', value: undefined }] });
    expect([...journal.cursors('a/')]).toEqual([
      { task: 'a/1', value: 3 },
      { task: 'a/2', value: 3 },
    ]);
    expect(journal.cursor('a/10')).toBeUndefined();
    expect([...journal.cursors('')].map(({ task }) => task)).toEqual(['a', 'a/1', 'a/2', 'b/2', 'c']);
  });

  it('are all found when there are more than fit one page', async () => {
    await open();
    const cursors = Array.from({ length: 1_000 }, (_, i) => ({
      task: `t/${String(i).padStart(4, '0')}`,
      value: i,
    }));
    await journal.commit({ cursors });
    expect([...journal.cursors('t/')]).toEqual(cursors);
  });

  it('keep the last of several values in one group', async () => {
    await open();
    await Promise.all([1, 2, 3].map((value) => journal.commit({ cursors: [{ task: 't', value }] })));
    expect(journal.cursor('t')).toBe(3);
  });
});

describe('closing', () => {
  it('writes what waits, then refuses', async () => {
    await open();
    const waiting = Array.from({ length: 10 }, (_, i) => journal.commit({ appends: [append('a@1', i)] }));
    const closed = journal.close();
    await expect(journal.commit({ appends: [append('a@1', 'late')] })).rejects.toMatchObject({
      code: 'JOURNAL_CLOSED',
    });
    await Promise.all(waiting);
    await closed;
    expect(() => journal.read('a@1', 1)).toThrow('The journal is closed');
    await open();
    expect(journal.head('a@1')).toBe(10);
  });
});
