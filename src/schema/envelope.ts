/**
 * Envelopes: journaled documents on their way into the engine, one a line, with position, time and op before them. What stands
 * before the document has always the same length, so that the document's text can be cut out byte for byte.
 *
 *     {"p":                   1,"t":1700000000000000,"o":0,"d":{"delay":5}}
 */

const POSITION_DIGITS = 20;
const TIME_DIGITS = 16;
const PREFIX = `{"p":${' '.repeat(POSITION_DIGITS)},"t":${' '.repeat(TIME_DIGITS)},"o":0,"d":`;
const POSITION_END = 5 + POSITION_DIGITS;
const TIME_END = POSITION_END + 5 + TIME_DIGITS;
const OP_AT = TIME_END + 5;
const LINE_FEED = 10;

/** Characters before the document. */
export const ENVELOPE_PREFIX_LENGTH = PREFIX.length;
/** Bytes that an envelope adds to a line. */
export const ENVELOPE_BYTES = PREFIX.length + 1;

/** The documents of one block; `body` has one a line. */
export interface EnvelopeSource {
  readonly first: number;
  readonly last: number;
  /** Microseconds since 1970. */
  readonly timeUs: number;
  readonly body: Uint8Array;
  /** Indices, from 0, of the records that are deletes. */
  readonly deletes: readonly number[];
}

/** The block's records at positions in [from, to], as envelopes. */
export function writeEnvelopes(source: EnvelopeSource, from = source.first, to = source.last): Buffer {
  const count = source.last - source.first + 1;
  const body = Buffer.from(source.body.buffer, source.body.byteOffset, source.body.byteLength);
  const out = Buffer.allocUnsafe(body.length + count * ENVELOPE_BYTES);
  const prefix = Buffer.from(PREFIX, 'latin1');
  prefix.write(String(source.timeUs).padStart(TIME_DIGITS), TIME_END - TIME_DIGITS, 'latin1');
  const deletes = new Set(source.deletes);
  let at = 0;
  let lineStart = 0;
  for (let i = 0; i < count; i++) {
    const lineEnd = body.indexOf(LINE_FEED, lineStart);
    const position = source.first + i;
    if (position >= from && position <= to) {
      prefix.copy(out, at);
      const digits = String(position);
      out.write(digits, at + POSITION_END - digits.length, 'latin1');
      if (deletes.has(i)) out[at + OP_AT] = 0x31;
      at += prefix.length;
      at += body.copy(out, at, lineStart, lineEnd);
      out[at++] = 0x7d;
      out[at++] = LINE_FEED;
    }
    lineStart = lineEnd + 1;
  }
  return out.subarray(0, at);
}
