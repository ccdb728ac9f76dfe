import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SEED } from '../../test/support/seed.ts';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { integerBetween, seededRandom } from '../base/random.ts';
import type { Journal } from './journal.ts';
import { metaKey } from './keys.ts';
import type { JournalLimits } from './limits.ts';
import { LmdbFile } from './lmdb-file.ts';
import { openJournal } from './open-journal.ts';
import { sealEntry } from './sealed-entry.ts';

/** LMDB's two meta pages; the rest are pages of entries. */
const META_PAGES_BYTES = 2 * 4_096;
const root = mkdtempSync(path.join(os.tmpdir(), 'wharf-faults-'));
const smallDisk = mountSmallDisk(path.join(root, 'small-disk'));
let folder: string;
let journal: Journal | undefined;
let rounds = 0;

/** A file system of 8 MB; undefined where this user may not mount one. */
function mountSmallDisk(at: string): string | undefined {
  mkdirSync(at);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', at], { stdio: 'ignore' });
    return at;
  } catch (error) {
    console.warn(`Tests on a full disk are left out: no tmpfs can be mounted (${String(error)}).`);
    return undefined;
  }
}

const open = async (limits: Partial<JournalLimits> = {}) => {
  journal = await openJournal({
    folder,
    clock: systemClock,
    log: silentLog,
    limits: { commitIntervalMs: 0, ...limits },
  });
  return journal;
};

const dataFile = () => path.join(folder, 'journal', 'data.mdb');

const line = (content: unknown) => Buffer.from(`${JSON.stringify(content)}\n`);
const append = (stream: string, content: unknown) => ({
  stream,
  dataset: 'main',
  count: 1,
  body: line(content),
});
const contents = (from: Journal, stream: string) =>
  [...from.read(stream, from.tail(stream))].flatMap((block) =>
    Buffer.from(block.body)
      .toString()
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text)),
  );

beforeEach(() => {
  folder = path.join(root, `data-${++rounds}`);
  mkdirSync(folder);
});

afterEach(async () => {
  await journal?.close();
  journal = undefined;
});

afterAll(() => {
  if (smallDisk !== undefined) execFileSync('umount', [smallDisk]);
  rmSync(root, { recursive: true, force: true });
});

describe.runIf(smallDisk !== undefined)('a full disk', () => {
  beforeEach(() => {
    folder = path.join(smallDisk as string, `data-${rounds}`);
    mkdirSync(folder);
    // The library prints each failed commit itself, before it rejects.
    vi.spyOn(console, 'error').mockReturnValue(undefined);
  });

  afterEach(async () => {
    await journal?.close();
    rmSync(folder, { recursive: true, force: true });
    vi.restoreAllMocks();
  });

  it('stops acknowledging with JOURNAL_FULL, keeps reading, and goes on where it was once there is room', async () => {
    const full = await open({ diskReserveBytes: 0 });
    const kept: number[] = [];
    let refused: unknown;
    for (let n = 1; refused === undefined && n < 1_000; n++) {
      const commit = full.commit({ appends: [append('a@1', { n, padding: 'x'.repeat(60_000) })] });
      await commit.then(
        () => kept.push(n),
        (error) => {
          refused = error;
        },
      );
    }
    expect(refused).toMatchObject({ code: 'JOURNAL_FULL', retryable: true, status: 507 });
    expect(full.head('a@1')).toBe(kept.length);
    expect(contents(full, 'a@1').map(({ n }) => n)).toEqual(kept);
    await full.commit({
      trims: [{ stream: 'a@1', through: kept.length - 10 }],
      cursors: [{ task: 't', value: 1 }],
    });
    const next = await full.commit({ appends: [append('a@1', { n: 'next' })] });
    expect(next.positions[0]?.first).toBe(kept.length + 1);
    await full.close();
    const again = await open();
    expect(contents(again, 'a@1').map(({ n }) => n)).toEqual([...kept.slice(-10), 'next']);
  });

  it('is found by LMDB itself when the check before did not see it, without harm to what is there', async () => {
    const random = seededRandom(SEED);
    const file = LmdbFile.open(path.join(folder, 'journal'));
    const expected = new Map<number, string>();
    const key = (n: number) => metaKey(`test-${String(n).padStart(6, '0')}`);
    let full = 0;
    for (let n = 0; n < 600; n++) {
      const value = Buffer.alloc(integerBetween(random, 100, 200_000), n % 251);
      try {
        await file.write([{ key: key(n), value }]);
        expected.set(n, digest(value));
      } catch (error) {
        expect(error, `WHARF_SEED=${SEED}`).toMatchObject({ code: 'JOURNAL_FULL' });
        full += 1;
        const gone = [...expected.keys()].slice(0, integerBetween(random, 1, 20));
        await file.write(gone.map((each) => ({ key: key(each), value: undefined })));
        for (const each of gone) expected.delete(each);
      }
    }
    await file.close();
    const again = LmdbFile.open(path.join(folder, 'journal'));
    for (let n = 0; n < 600; n++) {
      const value = again.get(key(n));
      expect(value && digest(value), `entry ${n}, WHARF_SEED=${SEED}`).toBe(expected.get(n));
    }
    await again.close();
    expect(full).toBeGreaterThan(5);
  });

  it('is refused before it is full: the reserve stays free for trims and cursors', async () => {
    const full = await open({ diskReserveBytes: 16 * 1024 * 1024 });
    const [appended, cursor] = await Promise.allSettled([
      full.commit({ appends: [append('a@1', 1)] }),
      full.commit({ cursors: [{ task: 't', value: 1 }] }),
    ]);
    expect(appended).toMatchObject({ status: 'rejected', reason: { code: 'JOURNAL_FULL' } });
    expect(cursor.status).toBe('fulfilled');
    expect(full.cursor('t')).toBe(1);
  });
});

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('damage', () => {
  /** Three blocks, of which the second is large and the third small. */
  const fill = async () => {
    const filled = await open({ blockBytesMax: 1 });
    for (const padding of [20, 50_000, 20]) {
      await filled.commit({ appends: [append('a@1', { padding: 'abcdefghij'.repeat(padding / 10) })] });
    }
    await filled.close();
  };

  /** Flips one bit wherever the text stands: pages that are free now still hold what was there before. */
  const flip = (text: string, bit: number) => {
    const bytes = readFileSync(dataFile());
    let at = bytes.indexOf(text);
    expect(at).toBeGreaterThan(0);
    for (; at >= 0; at = bytes.indexOf(text, at + 1)) bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
    writeFileSync(dataFile(), bytes);
  };

  it('of one bit is found when the block is read, and named with file, stream and position', async () => {
    for (let bit = 0; bit < 8; bit++) {
      folder = path.join(root, `flip-${bit}`);
      mkdirSync(folder);
      await fill();
      flip('abcdefghij'.repeat(5_000), bit);
      const damaged = await open();
      const read = [...damaged.read('a@1', 1, 1)];
      expect(read).toHaveLength(1);
      let thrown: unknown;
      try {
        [...damaged.read('a@1', 1)];
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toMatchObject({
        code: 'JOURNAL_DAMAGED',
        place: { product: 'a@1', position: 2 },
        details: { file: dataFile(), stream: 'a@1', position: 2 },
      });
      expect([...damaged.read('a@1', 3)]).toHaveLength(1);
      await damaged.close();
    }
  });

  it('of any one bit does no harm or is named, and never changes what is read', async () => {
    const random = seededRandom(SEED);
    const filled = await open();
    const expected: unknown[] = [];
    for (let n = 0; n < 100; n++) {
      const content = { n, padding: 'x'.repeat(n * 40) };
      expected.push(content);
      await filled.commit({ appends: [append('a@1', content)], cursors: [{ task: `t${n % 30}`, value: n }] });
    }
    const tasks = [...filled.cursors('')];
    await filled.close();
    const whole = readFileSync(dataFile());
    let named = 0;
    for (let round = 0; round < 100; round++) {
      const bytes = Buffer.from(whole);
      const at = integerBetween(random, META_PAGES_BYTES, whole.length - 1);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << integerBetween(random, 0, 7));
      writeFileSync(dataFile(), bytes);
      try {
        const damaged = await open();
        expect(contents(damaged, 'a@1')).toEqual(expected);
        expect([...damaged.cursors('')]).toEqual(tasks);
      } catch (error) {
        expect(error, `byte ${at}, WHARF_SEED=${SEED}`).toMatchObject({ code: 'JOURNAL_DAMAGED' });
        named += 1;
      }
      await journal?.close();
      journal = undefined;
    }
    expect(named).toBeGreaterThan(10);
  });

  it('of a stream’s state is found when the journal is opened', async () => {
    await fill();
    flip('"headTimeUs"', 0);
    await expect(open()).rejects.toMatchObject({
      code: 'JOURNAL_DAMAGED',
      message: expect.stringContaining('the state of "a@1"'),
    });
  });

  it('of a cursor is found when it is read', async () => {
    const filled = await open();
    await filled.commit({ cursors: [{ task: 'capture', value: { offset: 123_456_789 } }] });
    await filled.close();
    flip('123456789', 0);
    const damaged = await open();
    expect(() => damaged.cursor('capture')).toThrow('the checksum of the cursor of "capture" does not fit');
  });

  it('by which the file was cut short is told, instead of ending the process', async () => {
    await fill();
    const { size } = statSync(dataFile());
    for (let bytes = size - 4_096; bytes >= 8_192; bytes -= 4_096) {
      truncateSync(dataFile(), bytes);
      let thrown: unknown;
      try {
        const cut = await open();
        contents(cut, 'a@1');
        await cut.close();
      } catch (error) {
        thrown = error;
        await journal?.close();
      }
      if (thrown !== undefined) expect(thrown).toMatchObject({ code: 'JOURNAL_DAMAGED' });
      if (bytes < size / 2) expect(thrown).toBeDefined();
    }
  });

  it('does not stop a journal whose making was cut short: it never held a record', async () => {
    const made = await open();
    await made.close();
    truncateSync(dataFile(), 4_096);
    await fill();
    const filled = await open();
    expect(filled.head('a@1')).toBeGreaterThan(0);
  });

  it.each([4_096, 4_096 + 60, 4_259, 8_191])(
    'by which its second page was cut is told (%d bytes)',
    async (bytes) => {
      await fill();
      truncateSync(dataFile(), bytes);
      await expect(open()).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' });
    },
  );

  it('of the number of its last page is told, where nothing so large could be opened', async () => {
    await fill();
    const bytes = readFileSync(dataFile());
    bytes[4_244] = (bytes[4_244] ?? 0) ^ 0x80;
    writeFileSync(dataFile(), bytes);
    await expect(open()).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' });
  });

  it('of the whole file is told', async () => {
    mkdirSync(path.join(folder, 'journal'));
    writeFileSync(dataFile(), Buffer.alloc(16_384, 'no journal '));
    await expect(open()).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' });
  });

  it('is not confused with trouble of other commits: those of the same group go on', async () => {
    await fill();
    const file = LmdbFile.open(path.join(folder, 'journal'));
    const [, second] = file.keys(Buffer.of(4), Buffer.of(5), 10);
    await file.write([{ key: second as Buffer, value: undefined }]);
    await file.close();
    const damaged = await open();
    const [trim, other] = await Promise.allSettled([
      damaged.commit({ trims: [{ stream: 'a@1', through: 3 }] }),
      damaged.commit({ appends: [append('b@1', 1)] }),
    ]);
    expect(trim).toMatchObject({ status: 'rejected', reason: { code: 'JOURNAL_DAMAGED' } });
    expect(other.status).toBe('fulfilled');
    expect(() => contents(damaged, 'a@1')).toThrow('The log of "a@1" at position 2 is damaged');
  });
});

it('refuses a journal of a newer version and changes no byte of it', async () => {
  await (await open()).close();
  const file = LmdbFile.open(path.join(folder, 'journal'));
  const key = metaKey('format');
  await file.write([{ key, value: sealEntry(key, { version: 2 }) }]);
  await file.close();
  const before = digest(readFileSync(dataFile()));
  await expect(open()).rejects.toMatchObject({ code: 'JOURNAL_VERSION' });
  expect(digest(readFileSync(dataFile()))).toBe(before);
});
