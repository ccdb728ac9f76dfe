/** What every input that Wharf reads from must do, whatever it reads. */
import os from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import {
  CAPTURE_BATCH_BYTES_MAX,
  type CaptureBatch,
  type CaptureContext,
  type Cursor,
  type MeshContext,
  type PullInput,
} from '../../src/kit/input.ts';

/** A source that holds still, and what is in it. */
export interface SourceAtRest {
  readonly context: Partial<CaptureContext> & Pick<CaptureContext, 'options' | 'baseFolder'>;
  /** The texts of all records, in the order in which they come; enough of them for several batches. */
  readonly records: readonly string[];
  readonly remove: () => Promise<void>;
}

export interface Collected {
  readonly batches: readonly CaptureBatch[];
  readonly caughtUp: boolean;
}

export interface CollectOptions {
  readonly cursor?: Cursor;
  /** Stop behind so many batches, as a crash would. */
  readonly batchesMax?: number;
  readonly clock?: Clock;
  /** Stop when the input has said so often that it has caught up. */
  readonly caughtUpTimes?: number;
}

export const MESH_CONTEXT: Omit<MeshContext, 'baseFolder'> = {
  connection: undefined,
  reveal: (text) => text,
  temporaryFolder: os.tmpdir(),
  toNdjson: () => Promise.reject(new Error('no columnar file was expected')),
};

const NAMED = { id: 'capture/test.items@1/source', key: [], keepsExtra: false, mapped: false } as const;

/** What a runtime would know of the product, where nothing is journaled. */
export function productContext(
  durable: () => Cursor,
): typeof NAMED & Pick<CaptureContext, 'durable' | 'row' | 'measure'> {
  return { ...NAMED, durable, row: () => Promise.resolve(undefined), measure: () => undefined };
}

/** Reads until the input says that it has caught up, or until there are enough batches. */
export async function collect(
  connector: PullInput,
  context: SourceAtRest['context'],
  {
    cursor,
    batchesMax = Number.POSITIVE_INFINITY,
    clock = systemClock,
    caughtUpTimes = 1,
  }: CollectOptions = {},
): Promise<Collected> {
  const stop = new AbortController();
  const batches: CaptureBatch[] = [];
  let caughtUp = 0;
  const whole: CaptureContext = {
    fields: [],
    log: silentLog,
    warn: () => undefined,
    ...MESH_CONTEXT,
    ...productContext(() => restarted(batches.length > 0 ? batches.at(-1)?.cursor : cursor)),
    ...context,
    cursor,
    clock,
    signal: stop.signal,
    caughtUp: () => {
      caughtUp += 1;
      if (caughtUp >= caughtUpTimes) stop.abort(new Error('enough'));
    },
  };
  for await (const batch of connector.capture(whole)) {
    batches.push(batch);
    if (batches.length >= batchesMax) break;
  }
  return { batches, caughtUp: caughtUp > 0 };
}

/** A cursor as it comes back after a restart. */
export function restarted(cursor: Cursor): Cursor {
  return cursor === undefined ? undefined : JSON.parse(JSON.stringify(cursor));
}

/** The records of batches, one text each, without line ends. */
export function recordsOf(batches: readonly CaptureBatch[]): string[] {
  return batches.flatMap((batch) => {
    const text = Buffer.from(batch.bytes)
      .toString()
      .replace(/\r?\n$/, '');
    return text === '' ? [] : text.split(/\r?\n/);
  });
}

export function describePullInput(
  name: string,
  connector: PullInput,
  open: () => Promise<SourceAtRest>,
): void {
  describe(`${name} as a pull input`, () => {
    let source: SourceAtRest;
    beforeEach(async () => {
      source = await open();
    });
    afterEach(() => source.remove());
    const read = (options?: CollectOptions) => collect(connector, source.context, options);

    test('gives every record once, in order, and says when it has caught up', async () => {
      const { batches, caughtUp } = await read();
      expect(recordsOf(batches)).toEqual(source.records);
      expect(caughtUp).toBe(true);
      expect(batches.length).toBeGreaterThan(1);
    });

    test('goes on after a restart with exactly the records that were not read', async () => {
      const { batches } = await read();
      for (let i = 0; i < batches.length; i++) {
        const rest = await read({ cursor: restarted(batches[i]?.cursor) });
        expect(
          recordsOf(batches.slice(0, i + 1)).concat(recordsOf(rest.batches)),
          `after batch ${i + 1}`,
        ).toEqual(source.records);
      }
    });

    test('says after a restart without news that it has caught up', async () => {
      const { batches } = await read();
      const again = await read({ cursor: restarted(batches.at(-1)?.cursor) });
      expect(again).toEqual({ batches: [], caughtUp: true });
    });

    test('has cursors that survive JSON', async () => {
      for (const { cursor } of (await read()).batches) expect(restarted(cursor)).toEqual(cursor);
    });

    test('gives batches within their limit, each in a buffer of its own', async () => {
      const { batches } = await read();
      for (const batch of batches) {
        expect(batch.bytes.length <= CAPTURE_BATCH_BYTES_MAX || recordsOf([batch]).length === 1).toBe(true);
        expect(batch.bytes.buffer.byteLength).toBe(batch.bytes.length);
      }
      expect(new Set(batches.map((batch) => batch.bytes.buffer)).size).toBe(batches.length);
    });

    test('tells progress that never goes back', async () => {
      const done = (await read()).batches.map((batch) => batch.progress?.doneBytes ?? 0);
      expect(done).toEqual([...done].sort((a, b) => a - b));
    });

    test('ends when it is told to, while reading and while waiting', async () => {
      const { batches } = await read();
      for (const cursor of [undefined, restarted(batches.at(-1)?.cursor)]) {
        const stop = new AbortController();
        const context = {
          fields: [],
          log: silentLog,
          warn: () => undefined,
          clock: systemClock,
          caughtUp: () => undefined,
        };
        const reading = connector.capture({
          ...MESH_CONTEXT,
          ...productContext(() => restarted(batches.at(-1)?.cursor)),
          ...context,
          ...source.context,
          cursor,
          signal: stop.signal,
        });
        const iterator = reading[Symbol.asyncIterator]();
        const waiting = iterator.next();
        if (!cursor) expect((await waiting).done).toBe(false);
        stop.abort(new Error('stopped'));
        expect((await (cursor ? waiting : iterator.next())).done).toBe(true);
      }
    });
  });
}
