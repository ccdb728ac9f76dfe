import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recordsOf } from '../../../test/conformance/inputs.ts';
import { VirtualClock } from '../../base/clock.ts';
import { InputRun, wholesOf } from './test-support/input-run.ts';

let files: InputRun;
beforeEach(() => {
  files = new InputRun();
});
afterEach(() => files.remove());

describe('a last line without an end', () => {
  test('is taken at once when it is a JSON object, and its line end is no record', async () => {
    files.write('a.ndjson', '{"n":1}\n{"n":2}');
    expect(recordsOf(await files.run({ path: 'a.ndjson' }))).toEqual(['{"n":1}', '{"n":2}']);
    files.append('a.ndjson', '\r\n{"n":3}\n');
    const batches = await files.run({ path: 'a.ndjson' });
    expect(batches.map((batch) => [batch.place.line, Buffer.from(batch.bytes).toString()])).toEqual([
      [3, '{"n":3}\n'],
    ]);
  });

  test('waits while it is half a record', async () => {
    files.write('a.ndjson', '{"n":1}\n{"n":');
    expect(recordsOf(await files.run({ path: 'a.ndjson' }))).toEqual(['{"n":1}']);
    expect(await files.run({ path: 'a.ndjson' })).toEqual([]);
    files.append('a.ndjson', '2}\n');
    expect(recordsOf(await files.run({ path: 'a.ndjson' }))).toEqual(['{"n":2}']);
  });

  test('is taken, to be rejected, when half a record is all that ever comes', async () => {
    files.write('a.ndjson', '{"n":1}\n{"n":');
    files.age('a.ndjson');
    expect(recordsOf(await files.run({ path: 'a.ndjson' }))).toEqual(['{"n":1}', '{"n":']);
  });

  test('of a CSV file is taken when the file is old', async () => {
    files.write('a.csv', 'a,b\n1,2\n3,4');
    files.age('a.csv');
    expect(recordsOf(await files.run({ path: 'a.csv' }))).toEqual(['1,2', '3,4']);
  });

  test('of a CSV file written just now is waited for before the input has caught up', async () => {
    files.write('a.csv', 'a,b\n1,2\n3,4');
    const clock = new VirtualClock(Date.now());
    const running = files.run({ path: 'a.csv' }, { clock });
    const ticks = setInterval(() => clock.advance(500), 5);
    expect(recordsOf(await running)).toEqual(['1,2', '3,4']);
    clearInterval(ticks);
  });

  test('that was taken too early and goes on makes its file count as replaced', async () => {
    files.write('a.csv', 'a,b\n1,2');
    files.age('a.csv');
    await files.run({ path: 'a.csv' });
    files.append('a.csv', '34\n');
    const batches = await files.run({ path: 'a.csv' });
    expect(recordsOf(batches)).toEqual(['1,234']);
    expect(wholesOf(batches)).toEqual([{ first: true, last: true, deletes: false }]);
  });
});
