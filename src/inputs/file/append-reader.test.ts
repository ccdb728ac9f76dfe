import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recordsOf } from '../../../test/conformance/inputs.ts';
import { InputRun, wholesOf } from './test-support/input-run.ts';

let files: InputRun;
beforeEach(() => {
  files = new InputRun();
});
afterEach(() => files.remove());

describe('files that add records', () => {
  test('come in the order of the paths, then in the natural order of their names, each once', async () => {
    for (const name of [
      'd/f-10k.ndjson',
      'd/f-2k.ndjson',
      'z.ndjson',
      'd/deep/f-1.ndjson',
      'd/.hidden.ndjson',
    ]) {
      files.write(name, `{"f":"${name}"}\n`);
    }
    const batches = await files.run({ path: ['z.ndjson', 'd/**/*.ndjson', 'd/f-2k.ndjson'] });
    expect(batches.map((batch) => batch.place.file)).toEqual([
      'z.ndjson',
      'd/deep/f-1.ndjson',
      'd/f-2k.ndjson',
      'd/f-10k.ndjson',
    ]);
  });

  test('are read on from where they ended, with their lines', async () => {
    files.write('a.ndjson', '{"n":1}\n{"n":2}\n');
    expect(recordsOf(await files.run({ path: 'a.ndjson' }))).toEqual(['{"n":1}', '{"n":2}']);
    files.append('a.ndjson', '{"n":3}\n');
    const [batch, ...others] = await files.run({ path: 'a.ndjson' });
    expect(others).toEqual([]);
    expect(batch).toMatchObject({ place: { file: 'a.ndjson', line: 3 } });
    expect(batch?.whole).toBeUndefined();
    expect(recordsOf(batch ? [batch] : [])).toEqual(['{"n":3}']);
  });

  test('are picked up while running', async () => {
    files.write('a.csv', 'n\n1\n');
    const later = setTimeout(() => files.write('b.csv', 'n\n2\n'), 50);
    const batches = await files.run({ path: '*.csv' }, { caughtUpTimes: 2 });
    clearTimeout(later);
    expect(batches.map((batch) => [batch.place.file, recordsOf([batch])])).toEqual([
      ['a.csv', ['1']],
      ['b.csv', ['2']],
    ]);
  });

  test('may start with a byte order mark, and have columns by header, by option, or both', async () => {
    files.write('a.csv', '\ufeffid,"the ""name"""\n1,x\n');
    files.write('b.tsv', 'id\tname\n1\tx\n');
    const [a] = await files.run({ path: 'a.csv' });
    expect(a?.framing).toEqual({
      format: 'csv',
      columns: ['id', 'the "name"'],
      delimiter: ',',
      quote: '"',
      nulls: [],
    });
    expect(a?.place.line).toBe(2);
    files.cursor = undefined;
    const [b] = await files.run({ path: 'b.tsv', nulls: ['NA'] });
    expect(b?.framing).toMatchObject({ columns: ['id', 'name'], delimiter: '\t', nulls: ['NA'] });
    files.cursor = undefined;
    const [c] = await files.run({ path: 'a.csv', columns: ['x', 'y'], header: true });
    expect([c?.framing, c?.place.line]).toEqual([expect.objectContaining({ columns: ['x', 'y'] }), 2]);
    files.cursor = undefined;
    const [d] = await files.run({ path: 'b.tsv', columns: ['x', 'y'] });
    expect(recordsOf(d ? [d] : [])).toEqual(['id\tname', '1\tx']);
  });

  test('keep quoted line ends within one record, and count physical lines', async () => {
    const record = `"a\nb",${'x'.repeat(300)}\n`;
    files.write('a.csv', `n,t\n${record.repeat(3_000)}`);
    const batches = await files.run({ path: 'a.csv' });
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
    files.write('a.ndjson', '{"n":1}\n');
    files.write('b.json', '[{"n":2}]');
    await files.run({ path: ['a.ndjson', 'b.json'] });
    files.age('a.ndjson');
    files.age('b.json');
    expect(await files.run({ path: ['a.ndjson', 'b.json'] })).toEqual([]);
  });

  test('that were replaced are read as a whole again, without deletes', async () => {
    files.write('a.ndjson', '{"n":1}\n{"n":2}\n');
    files.write('b.ndjson', '{"n":9}\n');
    const before = await files.run({ path: '*.ndjson' });
    for (const content of ['{"n":1}\n{"n":3}\n{"n":4}\n', '{"n":1}\n', '{"n":7}\n{"n":1}\n']) {
      files.write('a.ndjson', content);
      const batches = await files.run({ path: '*.ndjson' });
      expect(wholesOf(batches)).toEqual([{ first: true, last: true, deletes: false }]);
      expect(recordsOf(batches)).toEqual(content.trim().split('\n'));
      expect(batches[0]?.cursor).not.toEqual(before.at(-1)?.cursor);
      expect(await files.run({ path: '*.ndjson' })).toEqual([]);
    }
  });

  test('that were emptied end as a whole without records', async () => {
    files.write('a.ndjson', '{"n":1}\n');
    await files.run({ path: 'a.ndjson' });
    files.write('a.ndjson', '');
    const batches = await files.run({ path: 'a.ndjson' });
    expect(batches.map((batch) => batch.bytes.length)).toEqual([0]);
    expect(wholesOf(batches)).toEqual([{ first: true, last: true, deletes: false }]);
  });

  test('read as a whole begin again after a crash in the middle', async () => {
    const text = Array.from({ length: 3_000 }, (_, i) => `{"n":${i},"t":"${'y'.repeat(400)}"}\n`).join('');
    files.write('a.ndjson', '{"n":"old"}\n');
    await files.run({ path: 'a.ndjson' });
    files.write('a.ndjson', text);
    const interrupted = await files.run({ path: 'a.ndjson' }, { batchesMax: 2 });
    expect(wholesOf(interrupted)).toEqual([
      { first: true, last: false, deletes: false },
      { first: false, last: false, deletes: false },
    ]);
    const again = await files.run({ path: 'a.ndjson' });
    expect(again[0]?.whole).toEqual({ first: true, last: false, deletes: false });
    expect(again.at(-1)?.whole?.last).toBe(true);
    expect(recordsOf(again).join('\n')).toBe(text.trim());
  });

  test('bring only what is new when a JSON or gzip file with the same beginning replaces them', async () => {
    files.write('a.json', '[{"n":1}, {"n":2}]');
    files.write('b.ndjson.gz', gzipSync('{"n":5}\n{"n":6}'));
    expect(recordsOf(await files.run({ path: ['a.json', 'b.ndjson.gz'] }))).toHaveLength(4);
    files.write('a.json', '[ {"n":1},{"n":2},\n{"n":3} ]');
    files.write('b.ndjson.gz', gzipSync('{"n":5}\n{"n":6}\n{"n":7}\n'));
    const batches = await files.run({ path: ['a.json', 'b.ndjson.gz'] });
    expect(batches.map((batch) => [batch.place.line, recordsOf([batch]), batch.whole])).toEqual([
      [3, ['{"n":3}'], undefined],
      [3, ['{"n":7}'], undefined],
    ]);
    files.write('a.json', '[{"n":2},{"n":1}]');
    expect(wholesOf(await files.run({ path: ['a.json', 'b.ndjson.gz'] }))).toEqual([
      { first: true, last: true, deletes: false },
    ]);
  });

  test('stay read when they go, or move to another name', async () => {
    files.write('app.log', '{"n":1}\n');
    const options = { path: 'app.log*', format: 'ndjson' };
    await files.run(options);
    files.rename('app.log', 'app.log.1');
    files.write('app.log', '{"n":2}\n');
    const batches = await files.run(options);
    expect(batches.map((batch) => [batch.place.file, recordsOf([batch])])).toEqual([
      ['app.log', ['{"n":2}']],
    ]);
    expect(wholesOf(batches)).toEqual([undefined]);
    files.remove('app.log.1');
    expect(await files.run(options)).toEqual([]);
  });

  test('are read again as a whole when a record goes on that was taken for complete, under whatever name', async () => {
    files.write('a.csv', 'n,t\n1,x\n2,');
    files.age('a.csv');
    const options = { path: '*.csv' };
    expect(recordsOf(await files.run(options))).toEqual(['1,x', '2,']);
    files.rename('a.csv', 'b.csv');
    files.append('b.csv', 'y\n');
    const batches = await files.run(options);
    expect(recordsOf(batches)).toEqual(['1,x', '2,y']);
    expect(wholesOf(batches)).toEqual([{ first: true, last: true, deletes: false }]);
  });

  test('of columns are read by way of a temporary file, which is removed', async () => {
    files.write('a.parquet', '{"n":1}\n');
    expect(recordsOf(await files.run({ path: 'a.parquet' }))).toEqual(['{"n":1}']);
    expect(readdirSync(files.path)).toEqual(['a.parquet']);
  });

  test('that are not there yet are waited for, and missed aloud', async () => {
    expect(await files.run({ path: 'none/*.csv' })).toEqual([]);
    expect(files.warnings).toEqual(['No file matches "none/*.csv" yet.']);
  });
});
