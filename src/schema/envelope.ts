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
const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;

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
  const { buffer, byteOffset, byteLength } = source.body;
  const body = Buffer.from(buffer, byteOffset, byteLength);
  // Of a plain array a part is made in a fraction of the time.
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const out = Buffer.allocUnsafe(body.length + count * ENVELOPE_BYTES);
  const prefix = prefixAt(source.first, source.timeUs);
  const deletes = new Set(source.deletes);
  let at = 0;
  let lineStart = 0;
  for (let i = 0; i < count; i++) {
    const lineEnd = body.indexOf(LINE_FEED, lineStart);
    const position = source.first + i;
    if (position >= from && position <= to) {
      out.set(prefix, at);
      if (deletes.has(i)) out[at + OP_AT] = 0x31;
      at += ENVELOPE_PREFIX_LENGTH;
      out.set(bytes.subarray(lineStart, lineEnd), at);
      at += lineEnd - lineStart;
      out[at++] = 0x7d;
      out[at++] = LINE_FEED;
    }
    countUp(prefix);
    lineStart = lineEnd + 1;
  }
  return out.subarray(0, at);
}

function prefixAt(position: number, timeUs: number): Buffer {
  const prefix = Buffer.from(PREFIX, 'latin1');
  prefix.write(String(position).padStart(POSITION_DIGITS), POSITION_END - POSITION_DIGITS, 'latin1');
  prefix.write(String(timeUs).padStart(TIME_DIGITS), TIME_END - TIME_DIGITS, 'latin1');
  return prefix;
}

/** The next position, digit by digit in place: writing each anew took as long as all else. */
function countUp(prefix: Buffer): void {
  let at = POSITION_END - 1;
  for (; prefix[at] === NINE; at--) prefix[at] = ZERO;
  prefix[at] = prefix[at] === SPACE ? ZERO + 1 : (prefix[at] as number) + 1;
}
