/**
 * The keys of the journal file. One ordered key space, a leading byte for the kind:
 *
 *     1 <name>                                               what the journal says of itself
 *     2 <task>                                               a cursor
 *     3 <stream>                                             what is known of a stream
 *     4 <stream> 0 <first u64> <count u32> <bytes u32>       a block; numbers are big-endian, so keys sort by position
 *
 * A block's key tells its extent and size, so finding and trimming blocks never touches their bodies.
 */
import { assert } from '../base/assert.ts';
import { WharfError } from '../base/errors.ts';
import { NAME_BYTES_MAX } from './limits.ts';

const KIND = { meta: 1, cursor: 2, stream: 3, block: 4 } as const;
const BLOCK_NUMBERS_BYTES = 16;

/** Where a block lies in its stream. */
export interface BlockPlace {
  readonly first: number;
  readonly count: number;
  /** Bytes of the stored value. */
  readonly bytes: number;
}

/** Throws JOURNAL_NAME_INVALID for a name that a key cannot hold. */
export function checkName(kind: 'stream' | 'dataset' | 'task', name: string): void {
  const bytes = Buffer.byteLength(name);
  if (bytes > 0 && bytes <= NAME_BYTES_MAX && !name.includes('\0')) return;
  const shown = name.length > 80 ? `${name.slice(0, 80)}...` : name;
  throw new WharfError(
    'JOURNAL_NAME_INVALID',
    `The ${kind} name ${JSON.stringify(shown)} has ${bytes} bytes; expected 1 to ${NAME_BYTES_MAX} bytes without NUL.`,
    { hint: 'Shorten the name.' },
  );
}

function named(kind: number, name: string): Buffer {
  const key = Buffer.allocUnsafe(1 + Buffer.byteLength(name));
  key[0] = kind;
  key.write(name, 1);
  return key;
}

export const metaKey = (name: string): Buffer => named(KIND.meta, name);
export const cursorKey = (task: string): Buffer => named(KIND.cursor, task);
export const streamKey = (stream: string): Buffer => named(KIND.stream, stream);

/** The name in a key of the first three kinds. */
export function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset + 1, key.byteLength - 1).toString();
}

/** The smallest key that is greater than every key that starts with the prefix. */
export function afterPrefix(prefix: Uint8Array): Buffer {
  const end = Buffer.from(prefix);
  const last = end.findLastIndex((byte) => byte < 0xff);
  assert(last >= 0, 'a key starts with its kind, which is below 255');
  end[last] = (end[last] ?? 0) + 1;
  return end.subarray(0, last + 1);
}

/** The bounds of all stream entries. */
export const STREAM_KEYS = {
  from: Buffer.from([KIND.stream]),
  before: Buffer.from([KIND.stream + 1]),
} as const;

function blockPrefix(stream: string): Buffer {
  return named(KIND.block, `${stream}\0`);
}

export function blockKey(stream: string, place: BlockPlace): Buffer {
  const prefix = blockPrefix(stream);
  const key = Buffer.allocUnsafe(prefix.length + BLOCK_NUMBERS_BYTES);
  key.set(prefix);
  key.writeBigUInt64BE(BigInt(place.first), prefix.length);
  key.writeUInt32BE(place.count, prefix.length + 8);
  key.writeUInt32BE(place.bytes, prefix.length + 12);
  return key;
}

export function placeOf(key: Buffer): BlockPlace {
  const at = key.length - BLOCK_NUMBERS_BYTES;
  return {
    first: Number(key.readBigUInt64BE(at)),
    count: key.readUInt32BE(at + 8),
    bytes: key.readUInt32BE(at + 12),
  };
}

/** Below every block of the stream that starts at the position or later. */
export function blocksFrom(stream: string, first: number): Buffer {
  return blockKey(stream, { first, count: 0, bytes: 0 });
}
