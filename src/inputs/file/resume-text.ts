import { crc32 } from 'node:zlib';
import { WharfError } from '../../base/errors.ts';
import { type FileState, looksSame, type Reached } from './file-cursor.ts';
import type { FileReading } from './file-reading.ts';
import type { SameBeginning } from './same-beginning.ts';
import type { TextSource } from './text-source.ts';
import './errors.ts';

export interface Resumed {
  readonly from: Reached;
  readonly chunks: AsyncIterable<Uint8Array>;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * The text behind what was read; or why there is none: the file begins with something else now, or its last record, which was taken without a
 * line end, goes on.
 */
export async function resumeText(
  reading: FileReading,
  state: FileState,
  beginning: SameBeginning,
): Promise<Resumed | 'begins differently' | 'goes on'> {
  const { text, file } = reading;
  if (text.seekable && !looksSame(file, state) && !(await beginning.check(file, state)))
    return 'begins differently';
  const chunks = await textFrom(text, state);
  return chunks ? closeOpenRecord(chunks, state) : 'begins differently';
}

/** The text of the file from its first record on. */
export async function wholeText(reading: FileReading, start: Reached): Promise<Resumed> {
  const chunks = await textFrom(reading.text, start);
  if (chunks) return { from: start, chunks };
  throw new WharfError('FILE_UNSTABLE', `"${reading.file.name}" was written while its header was read.`, {
    hint: 'Write files under another name and rename them when they are complete.',
    place: { file: reading.file.name },
  });
}

/** The text behind a place, if it still begins with what was read up to there; else undefined. */
export function sameTextBehind(
  text: TextSource,
  reached: Reached,
): Promise<AsyncGenerator<Uint8Array> | undefined> {
  return skipSame(text.chunks(0), reached);
}

/** Undefined when a text that must be read from its beginning does not begin with what was read. */
async function textFrom(text: TextSource, from: Reached): Promise<AsyncGenerator<Uint8Array> | undefined> {
  return text.seekable ? text.chunks(from.offset) : skipSame(text.chunks(0), from);
}

/** Reads over what was read before, if it is still the same. */
async function skipSame(
  chunks: AsyncGenerator<Uint8Array>,
  state: Reached,
): Promise<AsyncGenerator<Uint8Array> | undefined> {
  let left = state.offset;
  let crc = 0;
  let rest = new Uint8Array(0);
  while (left > 0) {
    const next = await chunks.next();
    if (next.done) return undefined;
    const same = next.value.subarray(0, left);
    crc = crc32(same, crc);
    left -= same.length;
    rest = next.value.slice(same.length);
  }
  if (crc === state.crc) return prepend(rest, chunks);
  await chunks.return(undefined);
  return undefined;
}

async function* prepend(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  yield* rest;
}

/** Reads the line end of a record that was taken without one. */
async function closeOpenRecord(
  chunks: AsyncGenerator<Uint8Array>,
  state: Reached,
): Promise<Resumed | 'goes on'> {
  if (!state.open) return { from: state, chunks };
  const first = await chunks.next();
  if (first.done) return { from: state, chunks };
  const end = first.value.indexOf(LINE_FEED);
  const onlyEnd = end === 0 || (end === 1 && first.value[0] === CARRIAGE_RETURN);
  if (!onlyEnd) {
    await chunks.return(undefined);
    return 'goes on';
  }
  const lineEnd = first.value.subarray(0, end + 1);
  const from = {
    offset: state.offset + lineEnd.length,
    line: state.line + 1,
    crc: crc32(lineEnd, state.crc),
    open: false,
  };
  return { from, chunks: prepend(first.value.subarray(end + 1), chunks) };
}
