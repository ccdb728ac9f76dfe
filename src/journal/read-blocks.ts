import { WharfError } from '../base/errors.ts';
import { decodeBlock } from './block-format.ts';
import { damageError } from './damage.ts';
import type { Block, StreamId } from './journal.ts';
import { blocksFrom, placeOf } from './keys.ts';
import type { KeyFile } from './lmdb-file.ts';
import type { StreamState } from './stream-draft.ts';

/** Keys that are looked up at a time; bodies are read one by one, when they are asked for. */
const READ_KEYS_PAGE = 64;

export interface ReadOptions {
  readonly file: KeyFile;
  readonly stream: StreamId;
  readonly from: number;
  readonly to: number;
  /** The stream as it is now; asked again before each block, because trims go on while somebody reads. */
  readonly state: () => StreamState;
}

/** Throws POSITION_TRIMMED at once when `from` is no longer held. */
export function readBlocks(options: ReadOptions): IterableIterator<Block> {
  const { stream, state } = options;
  const from = Math.max(options.from, 1);
  if (from < state().tail) throw trimmedError(stream, from, state().tail);
  return walk({ ...options, from, to: Math.min(options.to, state().head) });
}

function* walk(options: ReadOptions): Generator<Block> {
  const { file, stream, from, to, state } = options;
  let next = from > to ? from : firstOf(options);
  let keys: Buffer[] = [];
  while (next <= to) {
    if (next < state().tail) throw trimmedError(stream, next, state().tail);
    if (keys.length === 0)
      keys = file.keys(blocksFrom(stream, next), blocksFrom(stream, to + 1), READ_KEYS_PAGE);
    const block = readBlock(file, stream, next, keys.shift());
    yield block;
    next = block.last + 1;
  }
}

/** The first position of the block that holds `from`. */
function firstOf({ file, stream, from, state }: ReadOptions): number {
  const key = file.lastKey(blocksFrom(stream, state().tail), blocksFrom(stream, from + 1));
  const place = key && placeOf(key);
  if (place && from < place.first + place.count) return place.first;
  throw damageError({ file: file.path, stream, position: from }, 'the block that held it is missing');
}

function readBlock(file: KeyFile, stream: StreamId, position: number, key: Buffer | undefined): Block {
  const place = { file: file.path, stream, position };
  if (!key) throw damageError(place, 'the block is missing');
  const extent = placeOf(key);
  if (extent.first !== position) throw damageError(place, `the next block starts at ${extent.first}`);
  const value = file.get(key);
  if (!value) throw damageError(place, 'the block is missing');
  const block = decodeBlock(stream, extent, value);
  if ('fault' in block) throw damageError(place, block.fault);
  return block;
}

function trimmedError(stream: StreamId, position: number, tail: number): WharfError {
  return new WharfError(
    'POSITION_TRIMMED',
    `Position ${position} of "${stream}" is no longer in the journal; expected ${tail} or later.`,
    { hint: 'Earlier records are in the history runs.', place: { product: stream, position } },
  );
}
