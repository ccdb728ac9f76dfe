import type { CaptureBatch } from '../../kit/input.ts';
import { type FileState, type FileStates, writeCursor } from './file-cursor.ts';
import type { FileReading } from './file-reading.ts';
import type { FoundFile } from './find-files.ts';

/** How far the files of one pass are read, in bytes of the files themselves. */
export class PassProgress {
  readonly #totalBytes: number;
  #doneBytes = 0;

  constructor(files: readonly FoundFile[]) {
    this.#totalBytes = files.reduce((sum, file) => sum + file.size, 0);
  }

  fileDone(file: FoundFile): void {
    this.#doneBytes += file.size;
  }

  atEnd(): NonNullable<CaptureBatch['progress']> {
    return { doneBytes: this.#totalBytes, totalBytes: this.#totalBytes };
  }

  now(reading: FileReading): NonNullable<CaptureBatch['progress']> {
    const inFile = Math.min(reading.text.doneBytes, reading.file.size);
    return { doneBytes: this.#doneBytes + inFile, totalBytes: this.#totalBytes };
  }
}

/** A batch whose cursor says that the file was read up to the state. */
export function appendBatch(options: {
  readonly reading: FileReading;
  readonly records: { readonly bytes: Uint8Array; readonly line: number };
  readonly states: FileStates;
  readonly state: FileState;
  readonly progress: PassProgress;
}): CaptureBatch {
  const { reading, records, states, state, progress } = options;
  states.set(reading.file.name, state);
  return {
    bytes: records.bytes,
    framing: reading.framing,
    place: { file: reading.file.name, line: records.line },
    cursor: writeCursor(states),
    progress: progress.now(reading),
  };
}

/** A part of something that is read as a whole, before it is known which part is the last. */
export type WholePart = Pick<CaptureBatch, 'bytes' | 'framing' | 'place' | 'progress'>;

export async function* partsOf(
  reading: FileReading,
  records: AsyncIterable<{ readonly bytes: Uint8Array; readonly line: number }>,
  progress: PassProgress,
): AsyncGenerator<WholePart> {
  const { framing, file } = reading;
  for await (const { bytes, line } of records) {
    yield { bytes, framing, place: { file: file.name, line }, progress: progress.now(reading) };
  }
}

/** Stands for a whole without records. */
export function emptyPart(file: FoundFile, progress: PassProgress): WholePart {
  const place = { file: file.name, line: 1 };
  return { bytes: new Uint8Array(0), framing: { format: 'ndjson' }, place, progress: progress.atEnd() };
}

/**
 * The parts as batches. All but the last carry the cursor from before, so that a crash begins the whole again; the last one
 * carries `after()`. There is always one, even without records: that nothing is there is news, too.
 * Without `complete()` no last batch is given: the next attempt begins again.
 */
export async function* wholeBatches(options: {
  readonly parts: AsyncIterable<WholePart>;
  readonly deletes: boolean;
  readonly before: unknown;
  readonly after: () => unknown;
  readonly complete: () => Promise<boolean>;
  readonly empty: () => WholePart;
}): AsyncGenerator<CaptureBatch, boolean> {
  const { deletes, before } = options;
  let waiting: WholePart | undefined;
  let first = true;
  for await (const part of options.parts) {
    if (waiting) {
      yield { ...waiting, cursor: before, whole: { first, last: false, deletes } };
      first = false;
    }
    waiting = part;
  }
  if (!(await options.complete())) return false;
  const last = waiting ?? options.empty();
  yield { ...last, cursor: options.after(), whole: { first, last: true, deletes } };
  return true;
}
