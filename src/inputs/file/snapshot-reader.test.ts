import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MESH_CONTEXT, productContext, recordsOf } from '../../../test/conformance/inputs.ts';
import { VirtualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { CaptureBatch } from '../../kit/input.ts';
import { fileInput } from './file-input.ts';
import { readFileOptions } from './file-options.ts';
import { findFiles } from './find-files.ts';
import { SNAPSHOT_ATTEMPTS_MAX, SnapshotReader } from './snapshot-reader.ts';
import { InputRun } from './test-support/input-run.ts';

let files: InputRun;
beforeEach(() => {
  files = new InputRun();
});
afterEach(() => files.remove());

describe('files that are a snapshot', () => {
  const options = { path: '*.csv', mode: 'snapshot' };

  test('are read as one whole, and again when any of them changes, appears or goes', async () => {
    files.write('a.csv', 'n\n1\n2');
    files.write('b.csv', 'n\n3\n');
    const expectWhole = async (records: readonly string[]) => {
      const batches = await files.run(options);
      expect(recordsOf(batches)).toEqual(records);
      expect(batches.every((batch) => batch.whole?.deletes)).toBe(true);
      expect(batches.map((batch) => batch.whole?.first)).toEqual(batches.map((_, i) => i === 0));
      expect(batches.map((batch) => batch.whole?.last)).toEqual(
        batches.map((_, i) => i === batches.length - 1),
      );
      expect(await files.run(options)).toEqual([]);
    };
    await expectWhole(['1', '2', '3']);
    files.write('a.csv', 'n\n1\n');
    await expectWhole(['1', '3']);
    files.write('c.csv', 'n\n4\n');
    await expectWhole(['1', '3', '4']);
    files.remove('b.csv');
    await expectWhole(['1', '4']);
    files.write('a.csv', 'n\n');
    files.write('c.csv', 'n\n');
    await expectWhole([]);
  });

  test('delete nothing when there is no file at all', async () => {
    files.write('a.csv', 'n\n1\n');
    await files.run(options);
    files.remove('a.csv');
    expect(await files.run(options)).toEqual([]);
  });

  test('that change while they are read do not end the whole, but begin it again', async () => {
    const big = `n\n${`${'1'.repeat(500)}\n`.repeat(4_000)}`;
    files.write('a.csv', big);
    const stop = new AbortController();
    const seen: CaptureBatch[] = [];
    const capture = fileInput.capture({
      ...MESH_CONTEXT,
      ...productContext(() => undefined),
      ...{ options: { every: '10ms', ...options }, fields: [], baseFolder: files.path, cursor: undefined },
      ...{ signal: stop.signal, clock: new VirtualClock(0), log: silentLog },
      warn: () => undefined,
      caughtUp: () => stop.abort(new Error('enough')),
    });
    for await (const batch of capture) {
      if (seen.push(batch) === 1) files.write('b.csv', 'n\n7\n');
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

  test('that never hold still end in an error that may be tried again', async () => {
    files.write('a.csv', 'n\n1\n');
    const look = () => findFiles(files.path, ['*.csv']);
    const changing = async () => {
      files.append('a.csv', '2\n');
      return look();
    };
    const toNdjson = () => Promise.reject(new Error('not columnar'));
    const signal = new AbortController().signal;
    const environment = { options: readFileOptions(options), signal, toNdjson, look: changing };
    const reader = new SnapshotReader(environment, undefined);
    let passes = 0;
    const readOn = async () => {
      for (;;) {
        for await (const batch of reader.pass(await look())) expect(batch.whole?.last).toBe(false);
        passes += 1;
      }
    };
    await expect(readOn()).rejects.toMatchObject({ code: 'FILE_UNSTABLE', retryable: true });
    expect(passes).toBe(SNAPSHOT_ATTEMPTS_MAX - 1);
  });
});
