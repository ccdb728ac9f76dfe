import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recordsOf } from '../../../test/conformance/inputs.ts';
import { VirtualClock } from '../../base/clock.ts';
import type { CaptureBatch } from '../../kit/input.ts';
import { REPLAY_BYTES_MAX } from './replay-reader.ts';
import { InputRun, wholesOf } from './test-support/input-run.ts';

let files: InputRun;
beforeEach(() => {
  files = new InputRun();
});
afterEach(() => files.remove());

describe('replay', () => {
  const ids = (batches: readonly CaptureBatch[]) => recordsOf(batches).map((text) => JSON.parse(text).id);

  test('orders numbers exactly, ties as in the file, and puts what has no value last', async () => {
    const updated = ['9007199254740993', '9007199254740992', '10', '9', '"2"', 'null', '9', '-1.5'];
    const records = updated.map((value, id) => `{"id":${id},"properties":{"updated":${value}}}`);
    files.write('a.json', `{"features":[${[...records, '{"id":8}'].join(',')}]}`);
    const batches = await files.run({
      path: 'a.json',
      records: '$.features',
      replay: { by: 'properties.updated' },
    });
    expect(ids(batches)).toEqual([7, 3, 6, 2, 1, 0, 4, 5, 8]);
    expect(batches[0]?.place).toEqual({ file: 'a.json in order of properties.updated', line: 1 });
  });

  test('orders the records of a CSV file by a column', async () => {
    files.write('a.csv', 'id,at\n1,"10"\n2,"9\n"\n3,9');
    expect(recordsOf(await files.run({ path: 'a.csv', replay: { by: 'at' } }))).toEqual([
      '3,9',
      '1,"10"',
      '2,"9',
      '"',
    ]);
  });

  test('keeps to its rate', async () => {
    files.write('a.ndjson', Array.from({ length: 30 }, (_, i) => `{"id":${29 - i}}\n`).join(''));
    const clock = new VirtualClock(0);
    const ticks = setInterval(() => clock.advance(100), 1);
    const batches = await files.run({ path: 'a.ndjson', replay: { by: 'id', rate: 20 } }, { clock });
    clearInterval(ticks);
    expect(ids(batches)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(batches).toHaveLength(15);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(1_500);
  });

  test('of a file that changed gives it as a whole, in the same order', async () => {
    files.write('a.ndjson', '{"id":2}\n{"id":1}\n');
    await files.run({ path: 'a.ndjson', replay: { by: 'id' } });
    files.append('a.ndjson', '{"id":0}\n');
    const batches = await files.run({ path: 'a.ndjson', replay: { by: 'id' } });
    expect(ids(batches)).toEqual([0, 1, 2]);
    expect(wholesOf(batches)).toEqual([{ first: true, last: true, deletes: false }]);
  });

  test('gives all earthquakes in the order in which they were updated', async () => {
    const text = readFileSync(
      new URL('../data/earthquakes.json', import.meta.resolve('vega-datasets')),
      'utf8',
    );
    files.write('earthquakes.json', text);
    const batches = await files.run({
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

  test('of a file too large to be put into order is refused, not tried', async () => {
    const megabyte = `{"id":1,"p":"${'p'.repeat(1_000_000)}"}\n`;
    files.write('a.ndjson', '');
    for (let bytes = 0; bytes <= REPLAY_BYTES_MAX; bytes += megabyte.length)
      files.append('a.ndjson', megabyte);
    const error = await files.failure({ path: 'a.ndjson', replay: { by: 'id' } });
    expect(error).toMatchObject({ code: 'FILE_REPLAY_TOO_LARGE', place: { file: 'a.ndjson' } });
  });
});
