/**
 * The bytes of one block, little-endian:
 *
 *      0 u32  CRC-32 over the block's key and everything after this field
 *      4 u8   format (1)           5 u8  zero
 *      6 u16  bytes of the dataset's name
 *      8 u32  count of records    12 u32 count of deletes
 *     16 u64  time, microseconds since 1970, UTC
 *     24 u32  bytes of the body   28 u32 zero
 *     32      dataset's name, the deletes' indices (u32 each), the body (NDJSON)
 *
 * The key takes part in the checksum, so a block that turns up under another key is damage too.
 */
import { crc32 } from 'node:zlib';
import type { Block, StreamId } from './journal.ts';
import { type BlockPlace, blockKey } from './keys.ts';

const FORMAT = 1;
const HEADER_BYTES = 32;
const INDEX_BYTES = 4;

export interface BlockContent {
  readonly stream: StreamId;
  readonly dataset: string;
  readonly first: number;
  readonly count: number;
  readonly timeUs: number;
  readonly deletes: readonly number[];
  /** The body, in pieces. */
  readonly pieces: readonly Uint8Array[];
}

export interface EncodedBlock {
  readonly key: Buffer;
  readonly value: Buffer;
}

export function encodeBlock(content: BlockContent): EncodedBlock {
  const bodyBytes = content.pieces.reduce((sum, piece) => sum + piece.length, 0);
  const datasetBytes = Buffer.byteLength(content.dataset);
  const bytes = HEADER_BYTES + datasetBytes + content.deletes.length * INDEX_BYTES + bodyBytes;
  const value = Buffer.allocUnsafe(bytes);
  value.writeUInt8(FORMAT, 4);
  value.writeUInt8(0, 5);
  value.writeUInt16LE(datasetBytes, 6);
  value.writeUInt32LE(content.count, 8);
  value.writeUInt32LE(content.deletes.length, 12);
  value.writeBigUInt64LE(BigInt(content.timeUs), 16);
  value.writeUInt32LE(bodyBytes, 24);
  value.writeUInt32LE(0, 28);
  let at = HEADER_BYTES + value.write(content.dataset, HEADER_BYTES);
  for (const index of content.deletes) at = value.writeUInt32LE(index, at);
  for (const piece of content.pieces) {
    value.set(piece, at);
    at += piece.length;
  }
  const key = blockKey(content.stream, { first: content.first, count: content.count, bytes });
  value.writeUInt32LE(crc32(value.subarray(4), crc32(key)));
  return { key, value };
}

/** What is wrong with the bytes, for the message of JOURNAL_DAMAGED. */
export interface BlockFault {
  readonly fault: string;
}

/** The block; or a fault when the bytes are not what was written under this key. */
export function decodeBlock(stream: StreamId, place: BlockPlace, value: Buffer): Block | BlockFault {
  if (value.length !== place.bytes || value.length < HEADER_BYTES) {
    return { fault: `it has ${value.length} bytes; expected ${place.bytes}` };
  }
  const expected = value.readUInt32LE();
  const received = crc32(value.subarray(4), crc32(blockKey(stream, place)));
  if (expected !== received) return { fault: `its checksum is ${hex(received)}; expected ${hex(expected)}` };
  if (value[4] !== FORMAT) return { fault: `its format is ${value[4]}; expected ${FORMAT}` };
  const datasetEnd = HEADER_BYTES + value.readUInt16LE(6);
  const deletes = Array.from({ length: value.readUInt32LE(12) }, (_, i) =>
    value.readUInt32LE(datasetEnd + i * INDEX_BYTES),
  );
  return {
    stream,
    dataset: value.toString('utf8', HEADER_BYTES, datasetEnd),
    first: place.first,
    last: place.first + place.count - 1,
    timeUs: Number(value.readBigUInt64LE(16)),
    body: value.subarray(datasetEnd + deletes.length * INDEX_BYTES),
    deletes,
  };
}

function hex(sum: number): string {
  return sum.toString(16).padStart(8, '0');
}
