import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stateOf } from './file-cursor.ts';
import type { FoundFile } from './find-files.ts';
import { COMPARE_ALL_BYTES_MAX, SameBeginning } from './same-beginning.ts';
import { TestFolder } from './test-support/test-folder.ts';

const LARGE = COMPARE_ALL_BYTES_MAX + 500_000;
let folder: TestFolder;
beforeEach(() => {
  folder = new TestFolder();
});
afterEach(() => folder.remove());

function found(name: string): FoundFile {
  const { size, mtimeMs, ino } = statSync(folder.at(name));
  return { name, path: folder.at(name), size, mtimeMs, inode: ino };
}

function overwrite(name: string, position: number): void {
  const fd = openSync(folder.at(name), 'r+');
  writeSync(fd, 'X', position);
  closeSync(fd);
}

/** A file that was read to its end, and remembered. */
async function readOnce(bytes: number) {
  const content = Buffer.alloc(bytes, 'abcdefg\n');
  folder.write('a', content);
  const file = found('a');
  const state = stateOf(file, { offset: bytes, line: 1, crc: crc32(content), open: false }, true);
  const beginning = new SameBeginning();
  await beginning.remember(file, state);
  return { beginning, state };
}

test.each([1_000, LARGE])(
  'a file of %i bytes that only grew begins the same, again and again',
  async (bytes) => {
    const { beginning, state } = await readOnce(bytes);
    for (let i = 0; i < 3; i++) {
      folder.append('a', 'more\n');
      expect(await beginning.check(found('a'), state)).toBe(true);
    }
  },
);

test.each([
  ['small', 1_000, 500],
  ['large, at its beginning', LARGE, 10],
  ['large, just before what is new', LARGE, LARGE - 10],
])(
  'a %s file that was changed in place before it grew begins differently',
  async (_name, bytes, position) => {
    const { beginning, state } = await readOnce(bytes);
    overwrite('a', position);
    folder.append('a', 'more\n');
    expect(await beginning.check(found('a'), state)).toBe(false);
  },
);

test('a large file is compared as a whole after a restart, without growth, or under another inode', async () => {
  const { beginning, state } = await readOnce(LARGE);
  overwrite('a', LARGE / 2);
  expect(await beginning.check(found('a'), state)).toBe(false);
  folder.append('a', 'more\n');
  expect(await new SameBeginning().check(found('a'), state)).toBe(false);
  expect(await beginning.check({ ...found('a'), inode: 1 }, state)).toBe(false);
});

test('a file that became shorter begins differently', async () => {
  const { beginning, state } = await readOnce(1_000);
  folder.write('a', 'abcdefg\n');
  expect(await beginning.check(found('a'), state)).toBe(false);
});
