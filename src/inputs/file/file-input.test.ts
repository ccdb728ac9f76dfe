import { readdirSync, readFileSync, symlinkSync, utimesSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CollectOptions, collect, recordsOf, restarted } from '../../../test/conformance/inputs.ts';
import { VirtualClock } from '../../base/clock.ts';
import { WharfError } from '../../base/errors.ts';
import { silentLog } from '../../base/log.ts';
import type { CaptureBatch, Cursor } from '../../kit/input.ts';
import { fileInput } from './file-input.ts';
import { TestFolder } from './test-support/test-folder.ts';

let folder: TestFolder;
let cursor: Cursor;
beforeEach(() => {
  folder = new TestFolder();
  cursor = undefined;
});
afterEach(() => folder.remove());

type Options = Record<string, unknown>;
const warnings: string[] = [];

/** One more run of the input, going on from the last one's cursor. */
async function run(options: Options, more: CollectOptions = {}): Promise<readonly CaptureBatch[]> {
  const log = {
    info: () => undefined,
    error: () => undefined,
    warn: (text: string) => void warnings.push(text),
  };
  const toNdjson = async (file: string) => {
    await copyFile(file, `${file}.copy`);
    return `${file}.copy`;
  };
  const context = { options: { every: '10ms', ...options }, baseFolder: folder.path, toNdjson, log };
  const { batches } = await collect(fileInput, context, { cursor: restarted(cursor), ...more });
  cursor = batches.at(-1)?.cursor ?? cursor;
  return batches;
}

async function failure(options: Options): Promise<WharfError> {
  const outcome = await run(options).catch((thrown: unknown) => thrown);
  if (outcome instanceof WharfError) return outcome;
  throw new Error(`expected an error, received ${JSON.stringify(outcome)}`);
}

/** Makes a file look as if it was written long ago. */
function age(name: string): void {
  utimesSync(folder.at(name), 1_000_000_000, 1_000_000_000);
}

const wholes = (batches: readonly CaptureBatch[]) => batches.map((batch) => batch.whole);

describe('files that add records', () => {
  test('come in the order of the paths, then in the natural order of their names, each once', async () => {
    for (const name of [
      'd/f-10k.ndjson',
      'd/f-2k.ndjson',
      'z.ndjson',
      'd/deep/f-1.ndjson',
      'd/.hidden.ndjson',
    ]) {
      folder.write(name, `{"f":"${name}"}\n`);
    }
    const batches = await run({ path: ['z.ndjson', 'd/**/*.ndjson', 'd/f-2k.ndjson'] });
    expect(batches.map((batch) => batch.place.file)).toEqual([
      'z.ndjson',
      'd/deep/f-1.ndjson',
      'd/f-2k.ndjson',
      'd/f-10k.ndjson',
    ]);
  });

  test('are read on from where they ended, with their lines', async () => {
    folder.write('a.ndjson', '{"n":1}\n{"n":2}\n');
    expect(recordsOf(await run({ path: 'a.ndjson' }))).toEqual(['{"n":1}', '{"n":2}']);
    folder.append('a.ndjson', '{"n":3}\n');
    const [batch, ...others] = await run({ path: 'a.ndjson' });
    expect(others).toEqual([]);
    expect(batch).toMatchObject({ place: { file: 'a.ndjson', line: 3 } });
    expect(batch?.whole).toBeUndefined();
    expect(recordsOf(batch ? [batch] : [])).toEqual(['{"n":3}']);
  });

  test('are picked up while running', async () => {
    folder.write('a.csv', 'n\n1\n');
    const later = setTimeout(() => folder.write('b.csv', 'n\n2\n'), 50);
    const batches = await run({ path: '*.csv' }, { caughtUpTimes: 2 });
    clearTimeout(later);
    expect(batches.map((batch) => [batch.place.file, recordsOf([batch])])).toEqual([
      ['a.csv', ['1']],
      ['b.csv', ['2']],
    ]);
  });

  test('may start with a byte order mark, and have columns by header, by option, or both', async () => {
    folder.write('a.csv', '\ufeffid,"the ""name"""\n1,x\n');
    folder.write('b.tsv', 'id\tname\n1\tx\n');
    const [a] = await run({ path: 'a.csv' });
    expect(a?.framing).toEqual({
      format: 'csv',
      columns: ['id', 'the "name"'],
      delimiter: ',',
      quote: '"',
      nulls: [],
    });
    expect(a?.place.line).toBe(2);
    cursor = undefined;
    const [b] = await run({ path: 'b.tsv', nulls: ['NA'] });
    expect(b?.framing).toMatchObject({ columns: ['id', 'name'], delimiter: '\t', nulls: ['NA'] });
    cursor = undefined;
    const [c] = await run({ path: 'a.csv', columns: ['x', 'y'], header: true });
    expect([c?.framing, c?.place.line]).toEqual([expect.objectContaining({ columns: ['x', 'y'] }), 2]);
    cursor = undefined;
    const [d] = await run({ path: 'b.tsv', columns: ['x', 'y'] });
    expect(recordsOf(d ? [d] : [])).toEqual(['id\tname', '1\tx']);
  });

  test('keep quoted line ends within one record, and count physical lines', async () => {
    const record = `"a\nb",${'x'.repeat(300)}\n`;
    folder.write('a.csv', `n,t\n${record.repeat(3_000)}`);
    const batches = await run({ path: 'a.csv' });
    expect(batches.length).toBeGreaterThan(1);
    let line = 2;
    for (const batch of batches) {
      const text = Buffer.from(batch.bytes).toString();
      expect(batch.place.line).toBe(line);
      expect(text.length % record.length).toBe(0);
      line += (text.length / record.length) * 2;
    }
  });

  test('that only look changed bring nothing', async () => {
    folder.write('a.ndjson', '{"n":1}\n');
    folder.write('b.json', '[{"n":2}]');
    await run({ path: ['a.ndjson', 'b.json'] });
    age('a.ndjson');
    age('b.json');
    expect(await run({ path: ['a.ndjson', 'b.json'] })).toEqual([]);
  });

  test('that were replaced are read as a whole again, without deletes', async () => {
    folder.write('a.ndjson', '{"n":1}\n{"n":2}\n');
    folder.write('b.ndjson', '{"n":9}\n');
    const before = await run({ path: '*.ndjson' });
    for (const content of ['{"n":1}\n{"n":3}\n{"n":4}\n', '{"n":1}\n', '{"n":7}\n{"n":1}\n']) {
      folder.write('a.ndjson', content);
      const batches = await run({ path: '*.ndjson' });
      expect(wholes(batches)).toEqual([{ first: true, last: true, deletes: false }]);
      expect(recordsOf(batches)).toEqual(content.trim().split('\n'));
      expect(batches[0]?.cursor).not.toEqual(before.at(-1)?.cursor);
      expect(await run({ path: '*.ndjson' })).toEqual([]);
    }
  });

  test('that were emptied end as a whole without records', async () => {
    folder.write('a.ndjson', '{"n":1}\n');
    await run({ path: 'a.ndjson' });
    folder.write('a.ndjson', '');
    const batches = await run({ path: 'a.ndjson' });
    expect(batches.map((batch) => batch.bytes.length)).toEqual([0]);
    expect(wholes(batches)).toEqual([{ first: true, last: true, deletes: false }]);
  });

  test('read as a whole begin again after a crash in the middle', async () => {
    const text = Array.from({ length: 3_000 }, (_, i) => `{"n":${i},"t":"${'y'.repeat(400)}"}\n`).join('');
    folder.write('a.ndjson', '{"n":"old"}\n');
    await run({ path: 'a.ndjson' });
    folder.write('a.ndjson', text);
    const interrupted = await run({ path: 'a.ndjson' }, { batchesMax: 2 });
    expect(wholes(interrupted)).toEqual([
      { first: true, last: false, deletes: false },
      { first: false, last: false, deletes: false },
    ]);
    const again = await run({ path: 'a.ndjson' });
    expect(again[0]?.whole).toEqual({ first: true, last: false, deletes: false });
    expect(again.at(-1)?.whole?.last).toBe(true);
    expect(recordsOf(again).join('\n')).toBe(text.trim());
  });

  test('bring only what is new when a JSON or gzip file with the same beginning replaces them', async () => {
    folder.write('a.json', '[{"n":1}, {"n":2}]');
    folder.write('b.ndjson.gz', gzipSync('{"n":5}\n{"n":6}'));
    expect(recordsOf(await run({ path: ['a.json', 'b.ndjson.gz'] }))).toHaveLength(4);
    folder.write('a.json', '[ {"n":1},{"n":2},\n{"n":3} ]');
    folder.write('b.ndjson.gz', gzipSync('{"n":5}\n{"n":6}\n{"n":7}\n'));
    const batches = await run({ path: ['a.json', 'b.ndjson.gz'] });
    expect(batches.map((batch) => [batch.place.line, recordsOf([batch]), batch.whole])).toEqual([
      [3, ['{"n":3}'], undefined],
      [3, ['{"n":7}'], undefined],
    ]);
    folder.write('a.json', '[{"n":2},{"n":1}]');
    expect(wholes(await run({ path: ['a.json', 'b.ndjson.gz'] }))).toEqual([
      { first: true, last: true, deletes: false },
    ]);
  });

  test('stay read when they go, or move to another name', async () => {
    folder.write('app.log', '{"n":1}\n');
    const options = { path: 'app.log*', format: 'ndjson' };
    await run(options);
    folder.rename('app.log', 'app.log.1');
    folder.write('app.log', '{"n":2}\n');
    const batches = await run(options);
    expect(batches.map((batch) => [batch.place.file, recordsOf([batch])])).toEqual([
      ['app.log', ['{"n":2}']],
    ]);
    expect(wholes(batches)).toEqual([undefined]);
    folder.remove('app.log.1');
    expect(await run(options)).toEqual([]);
  });

  test('of columns are read by way of a temporary file, which is removed', async () => {
    folder.write('a.parquet', '{"n":1}\n');
    expect(recordsOf(await run({ path: 'a.parquet' }))).toEqual(['{"n":1}']);
    expect(readdirSync(folder.path)).toEqual(['a.parquet']);
  });

  test('that are not there yet are waited for, and missed aloud', async () => {
    warnings.length = 0;
    expect(await run({ path: 'none/*.csv' })).toEqual([]);
    expect(warnings).toEqual(['No file matches "none/*.csv" yet.']);
  });
});

describe('a last line without an end', () => {
  test('is taken at once when it is a JSON object, and its line end is no record', async () => {
    folder.write('a.ndjson', '{"n":1}\n{"n":2}');
    expect(recordsOf(await run({ path: 'a.ndjson' }))).toEqual(['{"n":1}', '{"n":2}']);
    folder.append('a.ndjson', '\r\n{"n":3}\n');
    const batches = await run({ path: 'a.ndjson' });
    expect(batches.map((batch) => [batch.place.line, Buffer.from(batch.bytes).toString()])).toEqual([
      [3, '{"n":3}\n'],
    ]);
  });

  test('waits while it is half a record', async () => {
    folder.write('a.ndjson', '{"n":1}\n{"n":');
    expect(recordsOf(await run({ path: 'a.ndjson' }))).toEqual(['{"n":1}']);
    expect(await run({ path: 'a.ndjson' })).toEqual([]);
    folder.append('a.ndjson', '2}\n');
    expect(recordsOf(await run({ path: 'a.ndjson' }))).toEqual(['{"n":2}']);
  });

  test('is taken, to be rejected, when half a record is all that ever comes', async () => {
    folder.write('a.ndjson', '{"n":1}\n{"n":');
    age('a.ndjson');
    expect(recordsOf(await run({ path: 'a.ndjson' }))).toEqual(['{"n":1}', '{"n":']);
  });

  test('of a CSV file is taken when the file is old', async () => {
    folder.write('a.csv', 'a,b\n1,2\n3,4');
    age('a.csv');
    expect(recordsOf(await run({ path: 'a.csv' }))).toEqual(['1,2', '3,4']);
  });

  test('of a CSV file written just now is waited for before the input has caught up', async () => {
    folder.write('a.csv', 'a,b\n1,2\n3,4');
    const clock = new VirtualClock(Date.now());
    const running = run({ path: 'a.csv' }, { clock });
    const ticks = setInterval(() => clock.advance(500), 5);
    expect(recordsOf(await running)).toEqual(['1,2', '3,4']);
    clearInterval(ticks);
  });

  test('that was taken too early and goes on makes its file count as replaced', async () => {
    folder.write('a.csv', 'a,b\n1,2');
    age('a.csv');
    await run({ path: 'a.csv' });
    folder.append('a.csv', '34\n');
    const batches = await run({ path: 'a.csv' });
    expect(recordsOf(batches)).toEqual(['1,234']);
    expect(wholes(batches)).toEqual([{ first: true, last: true, deletes: false }]);
  });
});

describe('files that are a snapshot', () => {
  const options = { path: '*.csv', mode: 'snapshot' };

  test('are read as one whole, and again when any of them changes, appears or goes', async () => {
    folder.write('a.csv', 'n\n1\n2');
    folder.write('b.csv', 'n\n3\n');
    const expectWhole = async (records: readonly string[]) => {
      const batches = await run(options);
      expect(recordsOf(batches)).toEqual(records);
      expect(batches.every((batch) => batch.whole?.deletes)).toBe(true);
      expect(batches.map((batch) => batch.whole?.first)).toEqual(batches.map((_, i) => i === 0));
      expect(batches.map((batch) => batch.whole?.last)).toEqual(
        batches.map((_, i) => i === batches.length - 1),
      );
      expect(await run(options)).toEqual([]);
    };
    await expectWhole(['1', '2', '3']);
    folder.write('a.csv', 'n\n1\n');
    await expectWhole(['1', '3']);
    folder.write('c.csv', 'n\n4\n');
    await expectWhole(['1', '3', '4']);
    folder.remove('b.csv');
    await expectWhole(['1', '4']);
    folder.write('a.csv', 'n\n');
    folder.write('c.csv', 'n\n');
    await expectWhole([]);
  });

  test('delete nothing when there is no file at all', async () => {
    folder.write('a.csv', 'n\n1\n');
    await run(options);
    folder.remove('a.csv');
    expect(await run(options)).toEqual([]);
  });

  test('that change while they are read do not end the whole, but begin it again', async () => {
    const big = `n\n${`${'1'.repeat(500)}\n`.repeat(4_000)}`;
    folder.write('a.csv', big);
    const stop = new AbortController();
    const seen: CaptureBatch[] = [];
    const capture = fileInput.capture({
      ...{ options: { every: '10ms', ...options }, fields: [], baseFolder: folder.path, cursor: undefined },
      ...{ signal: stop.signal, clock: new VirtualClock(0), log: silentLog },
      ...{ toNdjson: () => Promise.reject(new Error('not columnar')), warn: () => undefined },
      caughtUp: () => stop.abort(new Error('enough')),
    });
    for await (const batch of capture) {
      if (seen.push(batch) === 1) folder.write('b.csv', 'n\n7\n');
    }
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.some((batch) => batch.whole?.last)).toBe(false);
    expect(
      seen.every(
        (batch) =>
          (batch.cursor as { files: object }).files &&
          Object.keys((batch.cursor as { files: object }).files).length === 0,
      ),
    ).toBe(true);
  });
});

describe('replay', () => {
  const ids = (batches: readonly CaptureBatch[]) => recordsOf(batches).map((text) => JSON.parse(text).id);

  test('orders numbers exactly, ties as in the file, and puts what has no value last', async () => {
    const updated = ['9007199254740993', '9007199254740992', '10', '9', '"2"', 'null', '9', '-1.5'];
    const records = updated.map((value, id) => `{"id":${id},"properties":{"updated":${value}}}`);
    folder.write('a.json', `{"features":[${[...records, '{"id":8}'].join(',')}]}`);
    const batches = await run({
      path: 'a.json',
      records: '$.features',
      replay: { by: 'properties.updated' },
    });
    expect(ids(batches)).toEqual([7, 3, 6, 2, 1, 0, 4, 5, 8]);
    expect(batches[0]?.place).toEqual({ file: 'a.json in order of properties.updated', line: 1 });
  });

  test('orders the records of a CSV file by a column', async () => {
    folder.write('a.csv', 'id,at\n1,"10"\n2,"9\n"\n3,9');
    expect(recordsOf(await run({ path: 'a.csv', replay: { by: 'at' } }))).toEqual([
      '3,9',
      '1,"10"',
      '2,"9',
      '"',
    ]);
  });

  test('keeps to its rate', async () => {
    folder.write('a.ndjson', Array.from({ length: 30 }, (_, i) => `{"id":${29 - i}}\n`).join(''));
    const clock = new VirtualClock(0);
    const ticks = setInterval(() => clock.advance(100), 1);
    const batches = await run({ path: 'a.ndjson', replay: { by: 'id', rate: 20 } }, { clock });
    clearInterval(ticks);
    expect(ids(batches)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(batches).toHaveLength(15);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(1_500);
  });

  test('of a file that changed gives it as a whole, in the same order', async () => {
    folder.write('a.ndjson', '{"id":2}\n{"id":1}\n');
    await run({ path: 'a.ndjson', replay: { by: 'id' } });
    folder.append('a.ndjson', '{"id":0}\n');
    const batches = await run({ path: 'a.ndjson', replay: { by: 'id' } });
    expect(ids(batches)).toEqual([0, 1, 2]);
    expect(wholes(batches)).toEqual([{ first: true, last: true, deletes: false }]);
  });

  test('gives all earthquakes in the order in which they were updated', async () => {
    const text = readFileSync(
      new URL('../data/earthquakes.json', import.meta.resolve('vega-datasets')),
      'utf8',
    );
    folder.write('earthquakes.json', text);
    const batches = await run({
      path: 'earthquakes.json',
      records: '$.features',
      replay: { by: 'properties.updated' },
    });
    const expected = (JSON.parse(text).features as { id: string; properties: { updated: number } }[])
      .toSorted((a, b) => a.properties.updated - b.properties.updated)
      .map((quake) => quake.id);
    expect(ids(batches)).toEqual(expected);
    expect(expected).toHaveLength(1_707);
  });
});

describe('what cannot be read is said clearly', () => {
  test('a gzip file that is cut off may be tried again, a damaged one is named', async () => {
    const packed = gzipSync('{"n":1}\n'.repeat(1_000));
    folder.write('a.ndjson.gz', packed.subarray(0, packed.length - 9));
    expect(await failure({ path: 'a.ndjson.gz' })).toMatchObject({
      code: 'FILE_GZIP_TRUNCATED',
      retryable: true,
    });
    folder.write('a.ndjson.gz', '{"n":1}\n');
    expect(await failure({ path: 'a.ndjson.gz' })).toMatchObject({
      code: 'FILE_GZIP_DAMAGED',
      place: { file: 'a.ndjson.gz' },
    });
  });

  test('a broken JSON document, by file, line and column', async () => {
    folder.write('d/a.json', '[{"n":1},\n {"n":2} {"n":3}]');
    const error = await failure({ path: 'd/*.json' });
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
    folder.write('a.json', text.slice(0, -20));
    expect(await failure({ path: 'a.json' })).toMatchObject({
      code: 'JSON_DOCUMENT_UNFINISHED',
      retryable: true,
    });
    const before = await run({ path: 'a.json' }, { batchesMax: 1 });
    folder.write('a.json', text);
    const after = await run({ path: 'a.json' });
    expect(recordsOf([...before, ...after])).toEqual(items);
    expect(wholes(after).every((whole) => whole === undefined)).toBe(true);
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
    ['a path out of the folder', { path: '../*' }, {}, 'FILE_OUTSIDE', 'outside of'],
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
  test.each(cases)('%s', async (_name, options, files, code, says) => {
    for (const [name, content] of Object.entries(files)) folder.write(name, content);
    const error = await failure(options);
    expect(error.code).toBe(code);
    expect(error.message).toContain(says);
  });

  test('UTF-16, and a link that leads out of the folder', async () => {
    folder.write('a.csv', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'));
    expect(await failure({ path: 'a.csv' })).toMatchObject({
      code: 'TEXT_NOT_UTF8',
      place: { file: 'a.csv' },
    });
    symlinkSync(tmpdir(), folder.at('out.csv'));
    expect(await failure({ path: 'out.csv' })).toMatchObject({ code: 'FILE_OUTSIDE' });
  });

  test('a cursor of another version', async () => {
    cursor = { version: 99, files: {} };
    expect(await failure({ path: 'a.csv' })).toMatchObject({ code: 'FILE_CURSOR_INVALID' });
  });
});
