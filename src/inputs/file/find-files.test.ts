import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { oneOf, seededRandom } from '../../base/random.ts';
import { FILES_MAX, findFiles } from './find-files.ts';
import { naturalOrder } from './natural-order.ts';
import { TestFolder } from './test-support/test-folder.ts';

let folder: TestFolder;
beforeEach(() => {
  folder = new TestFolder();
});
afterEach(() => folder.remove());

test('names are ordered as people count, the same way from any start', () => {
  const ordered = [
    'a',
    'a1',
    'a2',
    'a02b',
    'a2c',
    'a10',
    'a10-2',
    'a10-10',
    'a99999999999999999999',
    'a100000000000000000000',
    'b1',
  ];
  const random = seededRandom(7);
  for (let i = 0; i < 200; i++) {
    const [left, right] = [oneOf(random, ordered), oneOf(random, ordered)];
    expect(Math.sign(naturalOrder(left, right)), `${left} ${right}`).toBe(
      Math.sign(ordered.indexOf(left) - ordered.indexOf(right)),
    );
  }
});

test('more files than an input may have are refused, and said', async () => {
  folder.write('0.csv', '');
  for (let i = 1; i < FILES_MAX; i++) writeFileSync(folder.at(`${i}.csv`), '');
  expect(await findFiles(folder.path, ['*.csv'])).toHaveLength(FILES_MAX);
  folder.write('one-more.csv', '');
  await expect(findFiles(folder.path, ['*.csv'])).rejects.toMatchObject({
    code: 'FILE_TOO_MANY',
    message: expect.stringContaining('"*.csv" matches more than 10000 files'),
  });
});

test('a folder that is not there yet has no files', async () => {
  expect(await findFiles(folder.at('none'), ['*', 'a.csv', 'a/b.csv'])).toEqual([]);
});

test('a folder is no file, whatever its name', async () => {
  folder.write('a.csv/b.csv', 'x');
  expect(await findFiles(folder.path, ['*.csv', 'a.csv'])).toEqual([]);
});

test('links are followed inside the folder, and refused out of it', async () => {
  folder.write('real/a.csv', 'x');
  folder.write('mesh/b.csv', 'y');
  mkdirSync(folder.at('mesh/in'));
  symlinkSync(folder.at('mesh/b.csv'), folder.at('mesh/in/c.csv'));
  const names = async (pattern: string) =>
    (await findFiles(folder.at('mesh'), [pattern])).map((file) => file.name);
  expect(await names('in/*.csv')).toEqual(['in/c.csv']);
  expect(await names('in/c.csv')).toEqual(['in/c.csv']);
  symlinkSync(folder.at('real'), folder.at('mesh/out'));
  symlinkSync(tmpdir(), folder.at('mesh/in/d.csv'));
  expect(await names('**/*.csv').catch((error) => error.code)).toBe('FILE_OUTSIDE');
  expect(await names('out/*.csv').catch((error) => error.code)).toBe('FILE_OUTSIDE');
  expect(await names('out/a.csv').catch((error) => error.code)).toBe('FILE_OUTSIDE');
  expect(await names('*/a.csv')).toEqual([]);
});
