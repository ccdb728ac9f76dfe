import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { WharfError } from '../base/errors.ts';
import { silentLog } from '../base/log.ts';
import { DEFAULT_JOURNAL_LIMITS } from './limits.ts';
import { type Change, type KeyFile, LmdbFile } from './lmdb-file.ts';
import { LmdbJournal } from './lmdb-journal.ts';

/** A file whose writes are done, and seen by readers, some time before the writer hears of it. */
class LateFile implements KeyFile {
  readonly path: string;
  readonly #file: KeyFile;
  answer: Promise<void> = Promise.resolve();
  onWritten: () => void = () => undefined;
  /** Why nothing is written. */
  failure: WharfError | undefined;

  constructor(file: KeyFile) {
    this.#file = file;
    this.path = file.path;
  }

  get(key: Buffer) {
    return this.#file.get(key);
  }

  keys(from: Buffer, before: Buffer, limit: number) {
    return this.#file.keys(from, before, limit);
  }

  lastKey(from: Buffer, before: Buffer) {
    return this.#file.lastKey(from, before);
  }

  async write(changes: readonly Change[]) {
    if (this.failure) throw this.failure;
    await this.#file.write(changes);
    this.onWritten();
    await this.answer;
  }

  close() {
    return this.#file.close();
  }
}

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
  await journal.close();
  rmSync(folder, { recursive: true });
});

describe('a read while blocks are trimmed', () => {
  it('is told that they were let go of, not that the journal is damaged', async () => {
    let go: () => void = () => undefined;
    file.answer = new Promise((resolve) => {
      go = resolve;
    });
    const written = new Promise<void>((resolve) => {
      file.onWritten = resolve;
    });
    const reading = journal.read('a@1', 1);
    expect(reading.next().value).toMatchObject({ first: 1 });
    const trimmed = journal.commit({ trims: [{ stream: 'a@1', through: 2 }] });
    await written;
    expect(() => reading.next()).toThrowError(expect.objectContaining({ code: 'POSITION_TRIMMED' }));
    expect([...journal.read('a@1', 3)]).toMatchObject([{ first: 3 }]);
    go();
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
