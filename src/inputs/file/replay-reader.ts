/**
 * Delivers the records of each file in the order of a field, in small batches, as if they came in that order.
 *
 * A file is read into memory and ordered as a whole, so its size is bounded. The cursor counts the records that were
 * delivered, and holds the check sum of the text; a file that changed is read as a whole in the same order.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { formatBytes } from '../../base/duration.ts';
import { WharfError } from '../../base/errors.ts';
import type { CaptureBatch, CaptureContext } from '../../kit/input.ts';
import { appendBatch, emptyPart, PassProgress, partsOf, wholeBatches } from './batches.ts';
import {
  type FileState,
  type FileStates,
  forgetGone,
  looksSame,
  type Reached,
  readCursor,
  stateOf,
  writeCursor,
} from './file-cursor.ts';
import type { FilePass } from './file-pass.ts';
import { type FileReading, framerOf, openReading, type ReadingEnvironment } from './file-reading.ts';
import { type FoundFile, isAbsence, systemError } from './find-files.ts';
import { RecordReader } from './read-records.ts';
import { compareOrderKeys, type OrderKey, orderKeyOf } from './replay-order.ts';
import { wholeText } from './resume-text.ts';
import { takeTail } from './unfinished-tail.ts';
import './errors.ts';

export const REPLAY_BYTES_MAX = 128 * 1024 * 1024;
/** So many records, and about as many bytes, come at once. */
export const REPLAY_BATCH_RECORDS_MAX = 100;
const REPLAY_BATCH_BYTES = 64 * 1024;
/** With a rate, batches are made so small that there are about so many of them a second. */
const BATCHES_A_SECOND = 10;
/** Records whose keys are read before others get their turn. */
const KEYS_AT_ONCE = 2_000;

interface Ordered {
  readonly records: readonly Uint8Array[];
  /** The end of the file's text. */
  readonly reached: Reached;
}

export class ReplayReader implements FilePass {
  readonly waiting = false;
  readonly #environment: ReadingEnvironment;
  readonly #context: Pick<CaptureContext, 'clock' | 'signal'>;
  readonly #replay: { readonly by: string; readonly recordsPerSecond: number | undefined };
  readonly #states: FileStates;

  constructor(
    environment: ReadingEnvironment,
    replay: { readonly by: string; readonly recordsPerSecond: number | undefined },
    context: Pick<CaptureContext, 'cursor' | 'clock' | 'signal'>,
  ) {
    this.#environment = environment;
    this.#context = context;
    this.#replay = replay;
    this.#states = readCursor(context.cursor);
  }

  async *pass(files: readonly FoundFile[]): AsyncGenerator<CaptureBatch> {
    const progress = new PassProgress(files);
    forgetGone(this.#states, files);
    for (const file of files) {
      const known = this.#states.get(file.name);
      if (!known?.done || !looksSame(file, known)) yield* this.#open(file, known, progress);
      progress.fileDone(file);
    }
  }

  async *#open(
    file: FoundFile,
    known: FileState | undefined,
    progress: PassProgress,
  ): AsyncGenerator<CaptureBatch> {
    let reading: FileReading | undefined;
    try {
      reading = await openReading(file, this.#environment);
      if (!reading.start) return;
      const ordered = await readInOrder(reading, reading.start, this.#replay.by);
      const same = known && known.offset === ordered.reached.offset && known.crc === ordered.reached.crc;
      if (known && !same) yield* this.#replace(reading, ordered, progress);
      else yield* this.#deliver(reading, ordered, known?.replayed ?? 0, progress);
      this.#states.set(file.name, {
        ...stateOf(file, ordered.reached, true),
        replayed: ordered.records.length,
      });
    } catch (thrown) {
      if (!isAbsence(thrown)) throw systemError(file.name, thrown);
    } finally {
      await reading?.close();
    }
  }

  async *#deliver(
    reading: FileReading,
    ordered: Ordered,
    from: number,
    progress: PassProgress,
  ): AsyncGenerator<CaptureBatch> {
    const { recordsPerSecond } = this.#replay;
    const states = this.#states;
    const perBatch = recordsPerSecond
      ? Math.ceil(recordsPerSecond / BATCHES_A_SECOND)
      : REPLAY_BATCH_RECORDS_MAX;
    for (const { bytes, index, count } of this.#batches(
      ordered,
      from,
      Math.min(perBatch, REPLAY_BATCH_RECORDS_MAX),
    )) {
      const replayed = index + count;
      const done = replayed === ordered.records.length;
      const state = { ...stateOf(reading.file, ordered.reached, done), replayed };
      const batch = appendBatch({ reading, records: { bytes, line: index + 1 }, states, state, progress });
      yield { ...batch, place: this.#place(reading, index) };
      if (recordsPerSecond)
        await this.#context.clock.sleep((count / recordsPerSecond) * 1_000, this.#context.signal);
    }
  }

  async *#replace(
    reading: FileReading,
    ordered: Ordered,
    progress: PassProgress,
  ): AsyncGenerator<CaptureBatch> {
    const state = { ...stateOf(reading.file, ordered.reached, true), replayed: ordered.records.length };
    const records = this.#batches(ordered, 0, REPLAY_BATCH_RECORDS_MAX);
    const whole = wholeBatches({
      parts: partsOf(reading, linesOf(records), progress),
      deletes: false,
      before: writeCursor(this.#states),
      complete: () => Promise.resolve(true),
      after: () => writeCursor(this.#states.set(reading.file.name, state)),
      empty: () => emptyPart(reading.file, progress),
    });
    for await (const batch of whole) yield { ...batch, place: this.#place(reading, batch.place.line - 1) };
  }

  /** The line of the file is not that of the batch, so the place says which order its numbers count in. */
  #place(reading: FileReading, index: number): CaptureBatch['place'] {
    return { file: `${reading.file.name} in order of ${this.#replay.by}`, line: index + 1 };
  }

  *#batches(
    ordered: Ordered,
    from: number,
    recordsMax: number,
  ): Generator<{ bytes: Uint8Array; index: number; count: number }> {
    const { records } = ordered;
    for (let index = from; index < records.length; ) {
      let count = 0;
      let bytes = 0;
      while (count < recordsMax && bytes < REPLAY_BATCH_BYTES && index + count < records.length) {
        bytes += records[index + count]?.length ?? 0;
        count += 1;
      }
      const joined = new Uint8Array(Buffer.concat(records.slice(index, index + count)));
      yield { bytes: joined, index, count };
      index += count;
    }
  }
}

async function* linesOf(
  batches: Iterable<{ bytes: Uint8Array; index: number }>,
): AsyncGenerator<{ bytes: Uint8Array; line: number }> {
  for (const { bytes, index } of batches) yield { bytes, line: index + 1 };
}

/** All records of the file, in order; ties keep the order of the file. */
async function readInOrder(reading: FileReading, start: Reached, by: string): Promise<Ordered> {
  const reader = new RecordReader(reading, start);
  const { chunks } = await wholeText(reading, start);
  const keyed: { readonly key: OrderKey; readonly bytes: Uint8Array }[] = [];
  for await (const slice of reader.read(chunks, takeTail)) {
    if (slice.reached.offset > REPLAY_BYTES_MAX) tooLarge(reading.file);
    for (const bytes of singleRecords(reading, slice.bytes)) {
      const key = orderKeyOf(Buffer.from(bytes).toString(), by, reading.framing);
      if (keyed.push({ key, bytes }) % KEYS_AT_ONCE === 0) await nextTurn();
    }
  }
  keyed.sort((a, b) => compareOrderKeys(a.key, b.key));
  return { records: keyed.map(({ bytes }) => bytes), reached: reader.reached };
}

/** Each record with its line end; blank lines are left out. */
function singleRecords(reading: FileReading, slice: Uint8Array): Uint8Array[] {
  const framer = framerOf(reading, { offset: 0, line: 1 }, 1);
  const whole = framer.push(slice.at(-1) === LINE_FEED ? slice : Buffer.concat([slice, LINE_END]));
  return whole.map(({ bytes }) => bytes).filter((bytes) => Buffer.from(bytes).toString().trim() !== '');
}

const LINE_FEED = 10;
const LINE_END = Uint8Array.of(LINE_FEED);

function tooLarge(file: FoundFile): never {
  throw new WharfError(
    'FILE_REPLAY_TOO_LARGE',
    `"${file.name}" holds more than ${formatBytes(REPLAY_BYTES_MAX)} of records, too many to put them into another order.`,
    {
      hint: 'Order the file itself and leave "replay" out, or split it by time.',
      place: { file: file.name },
    },
  );
}
