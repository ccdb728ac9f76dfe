/**
 * Files that together are all records there are: whenever one of them changes, appears or goes, all are read again as one
 * whole, and keys that did not come are deleted.
 *
 * That no file is there is no snapshot: nothing is deleted then, for it is much more often a folder that is not mounted.
 * A whole of files that changed while they were read is never ended; the next pass begins it again.
 */
import { WharfError } from '../../base/errors.ts';
import type { CaptureBatch } from '../../kit/input.ts';
import { emptyPart, PassProgress, partsOf, type WholePart, wholeBatches } from './batches.ts';
import { type FileStates, looksSame, readCursor, stateOf, writeCursor } from './file-cursor.ts';
import type { FilePass } from './file-pass.ts';
import { openReading, type ReadingEnvironment } from './file-reading.ts';
import { type FoundFile, isAbsence, systemError } from './find-files.ts';
import { RecordReader } from './read-records.ts';
import { wholeText } from './resume-text.ts';
import { takeTail } from './unfinished-tail.ts';
import './errors.ts';

/** So many times in a row a set of files may change while it is read. */
export const SNAPSHOT_ATTEMPTS_MAX = 10;

export interface SnapshotEnvironment extends ReadingEnvironment {
  /** The files as they are now. */
  readonly look: () => Promise<readonly FoundFile[]>;
}

export class SnapshotReader implements FilePass {
  readonly waiting = false;
  readonly #environment: SnapshotEnvironment;
  #states: FileStates;
  #attempts = 0;

  constructor(environment: SnapshotEnvironment, cursor: unknown) {
    this.#environment = environment;
    this.#states = readCursor(cursor);
  }

  async *pass(files: readonly FoundFile[]): AsyncGenerator<CaptureBatch> {
    if (files.length === 0 || this.#isRead(files)) return;
    const progress = new PassProgress(files);
    const states: FileStates = new Map();
    try {
      const complete = yield* wholeBatches({
        parts: this.#parts(files, states, progress),
        deletes: true,
        before: writeCursor(this.#states),
        complete: () => this.#isUnchanged(files),
        after: () => {
          this.#states = states;
          return writeCursor(states);
        },
        empty: () => emptyPart(files[0] as FoundFile, progress),
      });
      this.#attempts = complete ? 0 : this.#attempts + 1;
    } catch (thrown) {
      if (!isAbsence(thrown)) throw thrown;
      this.#attempts += 1;
    }
    if (this.#attempts >= SNAPSHOT_ATTEMPTS_MAX) this.#unstable();
  }

  #isRead(files: readonly FoundFile[]): boolean {
    return files.length === this.#states.size && files.every((file) => isSame(file, this.#states));
  }

  async #isUnchanged(files: readonly FoundFile[]): Promise<boolean> {
    const now = new Map(
      (await this.#environment.look()).map((file) => [file.name, stateOf(file, NOTHING, true)]),
    );
    return files.length === now.size && files.every((file) => isSame(file, now));
  }

  async *#parts(
    files: readonly FoundFile[],
    states: FileStates,
    progress: PassProgress,
  ): AsyncGenerator<WholePart> {
    for (const file of files) {
      yield* this.#partsOfFile(file, states, progress);
      progress.fileDone(file);
    }
  }

  async *#partsOfFile(
    file: FoundFile,
    states: FileStates,
    progress: PassProgress,
  ): AsyncGenerator<WholePart> {
    try {
      const reading = await openReading(file, this.#environment);
      try {
        const { start } = reading;
        const reader = new RecordReader(reading, start ?? NOTHING);
        if (start) {
          const { chunks } = await wholeText(reading, start);
          yield* partsOf(reading, reader.read(chunks, takeTail), progress);
        }
        states.set(file.name, stateOf(file, reader.reached, true));
      } finally {
        await reading.close();
      }
    } catch (thrown) {
      throw isAbsence(thrown) ? thrown : systemError(file.name, thrown);
    }
  }

  #unstable(): never {
    this.#attempts = 0;
    throw new WharfError(
      'FILE_UNSTABLE',
      `The files of the snapshot changed while they were read, ${SNAPSHOT_ATTEMPTS_MAX} times in a row.`,
      { hint: 'Write files under another name and rename them when they are complete.' },
    );
  }
}

const NOTHING = { offset: 0, line: 1, crc: 0, open: false };

function isSame(file: FoundFile, states: FileStates): boolean {
  const state = states.get(file.name);
  return state !== undefined && looksSame(file, state);
}
