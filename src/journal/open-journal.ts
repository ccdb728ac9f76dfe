import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import { WharfError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { damageError } from './damage.ts';
import { diskRoomOf } from './disk-room.ts';
import { TIME_KEY } from './group-plan.ts';
import type { Journal, StreamId } from './journal.ts';
import { blocksFrom, metaKey, nameOf, placeOf, STREAM_KEYS } from './keys.ts';
import { DEFAULT_JOURNAL_LIMITS, type JournalLimits } from './limits.ts';
import { type KeyFile, LmdbFile } from './lmdb-file.ts';
import { LmdbJournal } from './lmdb-journal.ts';
import { readEntry } from './read-cursors.ts';
import { sealEntry } from './sealed-entry.ts';
import type { StreamState } from './stream-draft.ts';

import './errors.ts';

/** Grows when a file that this version writes could be misread by an older one. */
const FORMAT_VERSION = 1;
const FORMAT_KEY = metaKey('format');
const STREAM_KEYS_PAGE = 1_024;

export interface OpenJournalOptions {
  /** The data folder; the journal lives in `journal/` below it. The caller holds the folder's lock. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<JournalLimits>;
}

/**
 * Opens the journal of a data folder, and creates it when there is none. Looks at each stream's state and last block, not
 * at all blocks: those are checked when they are read.
 * Throws JOURNAL_VERSION, JOURNAL_DAMAGED, JOURNAL_OPEN_FAILED, JOURNAL_FULL.
 */
export async function openJournal(options: OpenJournalOptions): Promise<Journal> {
  const folder = path.join(options.folder, 'journal');
  const file = LmdbFile.open(folder);
  try {
    await checkFormat(file);
    return new LmdbJournal({
      file,
      clock: options.clock,
      log: options.log,
      limits: { ...DEFAULT_JOURNAL_LIMITS, ...options.limits },
      room: diskRoomOf(folder),
      states: readStates(file),
      lastTimeUs: (readEntry(file, TIME_KEY, 'the time of the last commit') as number | undefined) ?? 0,
    });
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function checkFormat(file: KeyFile): Promise<void> {
  const format = readEntry(file, FORMAT_KEY, 'the format version') as
    | { readonly version: number }
    | undefined;
  if (format === undefined) {
    const anything = file.keys(Buffer.of(0), Buffer.of(0xff), 1);
    if (anything.length > 0) throw damageError({ file: file.path }, 'its format version is missing');
    await file.write([{ key: FORMAT_KEY, value: sealEntry(FORMAT_KEY, { version: FORMAT_VERSION }) }]);
    return;
  }
  if (format.version <= FORMAT_VERSION) return;
  throw new WharfError(
    'JOURNAL_VERSION',
    `The journal "${file.path}" has format ${format.version}; expected at most ${FORMAT_VERSION}.`,
    {
      hint: 'It was written by a newer version of Wharf. Start that version; nothing was changed.',
      place: { file: file.path },
    },
  );
}

function readStates(file: KeyFile): Map<StreamId, StreamState> {
  const states = new Map<StreamId, StreamState>();
  let from: Buffer = STREAM_KEYS.from;
  for (;;) {
    const keys = file.keys(from, STREAM_KEYS.before, STREAM_KEYS_PAGE);
    for (const key of keys) {
      const stream = nameOf(key);
      const state = readEntry(file, key, `the state of "${stream}"`) as StreamState | undefined;
      if (state === undefined) continue;
      checkEnds(file, stream, state);
      states.set(stream, state);
    }
    const last = keys.at(-1);
    if (last === undefined || keys.length < STREAM_KEYS_PAGE) return states;
    from = Buffer.concat([last, Buffer.of(0)]);
  }
}

/** The blocks of a stream begin at its tail and end at its head, as its state says. */
function checkEnds(file: KeyFile, stream: StreamId, state: StreamState): void {
  const from = blocksFrom(stream, 0);
  const before = blocksFrom(stream, Number.MAX_SAFE_INTEGER);
  const firstKey = file.keys(from, before, 1)[0];
  const lastKey = file.lastKey(from, before);
  const last = lastKey && placeOf(lastKey);
  const tail = firstKey ? placeOf(firstKey).first : state.head + 1;
  const head = last ? last.first + last.count - 1 : state.head;
  if (tail === state.tail && head === state.head) return;
  throw damageError(
    { file: file.path, stream },
    `it holds the positions ${tail} to ${head}; expected ${state.tail} to ${state.head}`,
  );
}
