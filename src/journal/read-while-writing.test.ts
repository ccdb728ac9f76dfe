import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { WharfError } from '../base/errors.ts';
import { silentLog } from '../base/log.ts';
import { DEFAULT_JOURNAL_LIMITS } from './limits.ts';
import { LmdbFile } from './lmdb-file.ts';
import { LmdbJournal } from './lmdb-journal.ts';
import { LateFile } from './test-late-file.ts';

let folder: string;
let file: LateFile;
let journal: LmdbJournal;

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'wharf-trimming-'));
  file = new LateFile(LmdbFile.open(folder));
  journal = new LmdbJournal({
    file,
    clock: systemClock,
    log: silentLog,
    limits: { ...DEFAULT_JOURNAL_LIMITS, commitIntervalMs: 0 },
    room: async () => undefined,
    states: new Map(),
    lastTimeUs: 0,
  });
  for (let n = 1; n <= 3; n++)
    await journal.commit({
      appends: [{ stream: 'a@1', dataset: 'main', count: 1, body: Buffer.from(`{"n":${n}}\n`) }],
    });
});

afterEach(async () => {
  file.letGo();
  await journal.close();
  rmSync(folder, { recursive: true });
});

describe('a read while blocks are trimmed', () => {
  it('is told that they were let go of, not that the journal is damaged', async () => {
    const written = file.hold();
    const reading = journal.read('a@1', 1);
    expect(reading.next().value).toMatchObject({ first: 1 });
    const trimmed = journal.commit({ trims: [{ stream: 'a@1', through: 2 }] });
    await written;
    expect(() => reading.next()).toThrowError(expect.objectContaining({ code: 'POSITION_TRIMMED' }));
    expect([...journal.read('a@1', 3)]).toMatchObject([{ first: 3 }]);
    file.letGo();
    await trimmed;
    expect(journal.tail('a@1')).toBe(3);
  });

  it('finds them where they were when the trim failed', async () => {
    file.failure = new WharfError('JOURNAL_FULL', 'There is no room.');
    await expect(journal.commit({ trims: [{ stream: 'a@1', through: 2 }] })).rejects.toThrow('no room');
    expect(journal.tail('a@1')).toBe(1);
    expect([...journal.read('a@1', 1)]).toHaveLength(3);
  });
});

describe('a cursor that is committed with records', () => {
  const records = (n: number) => ({
    stream: 'a@1',
    dataset: 'main',
    count: 1,
    body: Buffer.from(`{"n":${n}}\n`),
  });
  const cursors = () => [...journal.cursors('t/')].map(({ task, value }) => [task, value]);

  /** The file shows a write to those who read in a later turn. */
  const laterTurn = () => new Promise((resolve) => setTimeout(resolve, 10));

  it('is not seen before they are, though the file has both', async () => {
    await journal.commit({ cursors: [{ task: 't/old', value: 'before' }] });
    const written = file.hold();
    const committed = journal.commit({
      appends: [records(4)],
      cursors: [
        { task: 't/old', value: 'after' },
        { task: 't/new', value: 4 },
      ],
    });
    await written;
    await laterTurn();
    expect([journal.head('a@1'), journal.cursor('t/old'), journal.cursor('t/new')]).toEqual([
      3,
      'before',
      undefined,
    ]);
    expect(cursors()).toEqual([['t/old', 'before']]);
    file.letGo();
    await committed;
    expect([journal.head('a@1'), journal.cursor('t/old'), journal.cursor('t/new')]).toEqual([4, 'after', 4]);
    expect(cursors()).toEqual([
      ['t/new', 4],
      ['t/old', 'after'],
    ]);
  });

  it('is still there while the write that removes it is under way', async () => {
    await journal.commit({ cursors: [{ task: 't/old', value: 'before' }] });
    const written = file.hold();
    const committed = journal.commit({
      appends: [records(4)],
      cursors: [{ task: 't/old', value: undefined }],
    });
    await written;
    await laterTurn();
    expect([journal.head('a@1'), journal.cursor('t/old')]).toEqual([3, 'before']);
    file.letGo();
    await committed;
    expect([journal.head('a@1'), journal.cursor('t/old')]).toEqual([4, undefined]);
  });

  it('is what it was when the write failed', async () => {
    await journal.commit({ cursors: [{ task: 't/old', value: 'before' }] });
    file.failure = new WharfError('JOURNAL_FULL', 'There is no room.');
    const failed = journal.commit({ appends: [records(4)], cursors: [{ task: 't/old', value: 'after' }] });
    await expect(failed).rejects.toThrow('no room');
    expect(journal.cursor('t/old')).toBe('before');
    file.failure = undefined;
    await journal.commit({ cursors: [{ task: 't/old', value: 'after' }] });
    expect(journal.cursor('t/old')).toBe('after');
  });
});
