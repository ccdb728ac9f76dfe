import { symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recordsOf } from '../../../test/conformance/inputs.ts';
import type { Options } from './test-support/input-run.ts';
import { InputRun, wholesOf } from './test-support/input-run.ts';

let files: InputRun;
beforeEach(() => {
  files = new InputRun();
});
afterEach(() => files.remove());

describe('what cannot be read is said clearly', () => {
  test('a gzip file that is cut off may be tried again, a damaged one is named', async () => {
    const packed = gzipSync('{"n":1}\n'.repeat(1_000));
    files.write('a.ndjson.gz', packed.subarray(0, packed.length - 9));
    expect(await files.failure({ path: 'a.ndjson.gz' })).toMatchObject({
      code: 'FILE_GZIP_TRUNCATED',
      retryable: true,
    });
    files.write('a.ndjson.gz', '{"n":1}\n');
    expect(await files.failure({ path: 'a.ndjson.gz' })).toMatchObject({
      code: 'FILE_GZIP_DAMAGED',
      place: { file: 'a.ndjson.gz' },
    });
  });

  test('a broken JSON document, by file, line and column', async () => {
    files.write('d/a.json', '[{"n":1},\n {"n":2} {"n":3}]');
    const error = await files.failure({ path: 'd/*.json' });
    expect(error).toMatchObject({
      code: 'JSON_DOCUMENT_BROKEN',
      place: { file: 'd/a.json', line: 2, column: 10 },
    });
    expect(error.message).toBe(
      '"d/a.json" has "{\\"n\\":3}]" where "," or "]" was expected, in line 2, column 10.',
    );
  });

  test('a JSON document that is still being written goes on when it is complete', async () => {
    const items = Array.from({ length: 20_000 }, (_, i) => `{"n":${i},"t":"${'z'.repeat(40)}"}`);
    const text = `[${items.join(',')}]`;
    files.write('a.json', text.slice(0, -20));
    expect(await files.failure({ path: 'a.json' })).toMatchObject({
      code: 'JSON_DOCUMENT_UNFINISHED',
      retryable: true,
    });
    const before = await files.run({ path: 'a.json' }, { batchesMax: 1 });
    files.write('a.json', text);
    const after = await files.run({ path: 'a.json' });
    expect(recordsOf([...before, ...after])).toEqual(items);
    expect(wholesOf(after).every((whole) => whole === undefined)).toBe(true);
  });

  const cases: readonly [string, Options, Record<string, string>, string, string][] = [
    ['a name without a format', { path: 'a.dat' }, { 'a.dat': 'x' }, 'FILE_FORMAT_UNKNOWN', '"a.dat"'],
    [
      'a column name that is there twice',
      { path: 'a.csv' },
      { 'a.csv': 'a,b,a\n' },
      'FILE_HEADER_INVALID',
      '"a", which is there twice',
    ],
    ['a column without a name', { path: 'a.csv' }, { 'a.csv': 'a,,b\n' }, 'FILE_HEADER_INVALID', 'Column 2'],
    [
      'no header and no columns',
      { path: 'a.csv', header: false },
      {},
      'FILE_OPTIONS_INVALID',
      'header: false',
    ],
    [
      'a snapshot in an order',
      { path: 'a', mode: 'snapshot', replay: { by: 'a' } },
      {},
      'FILE_OPTIONS_INVALID',
      'mode: append',
    ],
    [
      'a delimiter of two characters',
      { path: 'a', delimiter: '||' },
      {},
      'FILE_OPTIONS_INVALID',
      'one ASCII character',
    ],
    ['an interval that is none', { path: 'a', every: 'often' }, {}, 'FILE_OPTIONS_INVALID', 'every: often'],
    ['a path of another language', { path: 'a', records: '$[*]' }, {}, 'RECORDS_PATH_INVALID', '$[*]'],
  ];
  test.each(cases)('%s', async (_name, options, contents, code, says) => {
    for (const [name, content] of Object.entries(contents)) files.write(name, content);
    const error = await files.failure(options);
    expect(error.code).toBe(code);
    expect(error.message).toContain(says);
  });

  test('a path out of the folder', async () => {
    const elsewhere = new InputRun();
    try {
      elsewhere.write('a.csv', 'a\n1\n');
      const found = `${path.relative(files.at('.'), elsewhere.at('.'))}/*.csv`;
      const error = await files.failure({ path: found });
      expect(error.code).toBe('FILE_OUTSIDE');
      expect(error.message).toContain('outside of');
    } finally {
      elsewhere.remove();
    }
  });

  test('UTF-16, and a link that leads out of the folder', async () => {
    files.write('a.csv', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'));
    expect(await files.failure({ path: 'a.csv' })).toMatchObject({
      code: 'TEXT_NOT_UTF8',
      place: { file: 'a.csv' },
    });
    symlinkSync(tmpdir(), files.at('out.csv'));
    expect(await files.failure({ path: 'out.csv' })).toMatchObject({ code: 'FILE_OUTSIDE' });
  });

  test('a cursor of another version', async () => {
    files.cursor = { version: 99, files: {} };
    expect(await files.failure({ path: 'a.csv' })).toMatchObject({ code: 'FILE_CURSOR_INVALID' });
  });
});
