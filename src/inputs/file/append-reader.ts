/**
 * Files that add records: new files, and what grew, are read once; a file whose beginning changed is read as a whole.
 *
 *   unknown                    -> its records are appended
 *   known, looks the same      -> nothing, unless it was not read to its end
 *   known, begins the same     -> what follows is appended
 *   known, begins differently  -> whole (also when a record goes on that was taken for complete), without deletes: only what differs from the product's state is journaled
 *   gone                       -> nothing; it stays known
 *
 * A file that changes while it is read is noticed in the next pass, for the state holds how it looked before.
 */
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
import { type FileReading, openReading, type ReadingEnvironment } from './file-reading.ts';
import { type FoundFile, isAbsence, systemError } from './find-files.ts';
import { followRenames } from './follow-renames.ts';
import { QuietTimes } from './quiet-times.ts';
import { RecordReader } from './read-records.ts';
import { type Resumed, resumeText, wholeText } from './resume-text.ts';
import { SameBeginning } from './same-beginning.ts';
import { type Tail, type TailRule, tailAfter, takeTail } from './unfinished-tail.ts';

export class AppendReader implements FilePass {
  readonly #environment: ReadingEnvironment;
  readonly #states: FileStates;
  readonly #beginning = new SameBeginning();
  readonly #quiet: QuietTimes;
  #waiting = false;

  constructor(environment: ReadingEnvironment, context: Pick<CaptureContext, 'cursor' | 'clock'>) {
    this.#environment = environment;
    this.#states = readCursor(context.cursor);
    this.#quiet = new QuietTimes(context.clock);
  }

  get waiting(): boolean {
    return this.#waiting;
  }

  async *pass(files: readonly FoundFile[]): AsyncGenerator<CaptureBatch> {
    const progress = new PassProgress(files);
    this.#waiting = false;
    forgetGone(this.#states, files);
    const guessed = followRenames(files, this.#states);
    for (const file of files) {
      const known = this.#states.get(file.name);
      if (!known?.done || !looksSame(file, known))
        yield* this.#open(file, known, guessed.has(file.name), progress);
      progress.fileDone(file);
    }
  }

  async *#open(
    file: FoundFile,
    known: FileState | undefined,
    guessed: boolean,
    progress: PassProgress,
  ): AsyncGenerator<CaptureBatch> {
    let reading: FileReading | undefined;
    try {
      reading = await openReading(file, this.#environment);
      if (!reading.start) return;
      const resumed = known && (await resumeText(reading, known, this.#beginning));
      // Only a guess that was right begins with the same text.
      const isKnown = known !== undefined && (!guessed || resumed === 'goes on');
      if (typeof resumed === 'object') yield* this.#append(reading, resumed, progress);
      else if (isKnown) yield* this.#replace(reading, reading.start, progress);
      else yield* this.#append(reading, await wholeText(reading, reading.start), progress);
    } catch (thrown) {
      // Gone between the look and the read: the next pass sees what has become of it.
      if (!isAbsence(thrown)) throw systemError(file.name, thrown);
    } finally {
      await reading?.close();
    }
  }

  async *#append(
    reading: FileReading,
    resumed: Resumed,
    progress: PassProgress,
  ): AsyncGenerator<CaptureBatch> {
    const states = this.#states;
    const reader = new RecordReader(reading, resumed.from);
    for await (const records of reader.read(resumed.chunks, this.#tailRule(reading))) {
      const state = stateOf(reading.file, records.reached, records.last && isDone(reader.tail));
      yield appendBatch({ reading, records, states, state, progress });
    }
    await this.#settle(reading, reader);
  }

  async *#replace(
    reading: FileReading,
    start: Reached,
    progress: PassProgress,
  ): AsyncGenerator<CaptureBatch> {
    const reader = new RecordReader(reading, start);
    const { chunks } = await wholeText(reading, start);
    yield* wholeBatches({
      parts: partsOf(reading, reader.read(chunks, this.#tailRule(reading)), progress),
      deletes: false,
      before: writeCursor(this.#states),
      complete: () => Promise.resolve(true),
      after: () => {
        this.#states.set(reading.file.name, stateOf(reading.file, reader.reached, isDone(reader.tail)));
        return writeCursor(this.#states);
      },
      empty: () => emptyPart(reading.file, progress),
    });
    await this.#settle(reading, reader);
  }

  #tailRule(reading: FileReading): TailRule {
    // What is brought from elsewhere was put there as a whole.
    const mayGoOn = reading.text.seekable && !this.#environment.bring;
    return mayGoOn ? tailAfter(this.#quiet.quietMs(reading.file)) : takeTail;
  }

  async #settle({ file, text }: FileReading, reader: RecordReader): Promise<void> {
    const done = isDone(reader.tail);
    const state = stateOf(file, reader.reached, done);
    this.#states.set(file.name, state);
    if (done) this.#quiet.forget(file);
    if (reader.tail === 'wait') this.#waiting = true;
    if (text.seekable) await this.#beginning.remember(file, state);
  }
}

function isDone(tail: Tail): boolean {
  return tail === 'none' || tail === 'take';
}
