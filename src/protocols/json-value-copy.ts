/**
 * Copies one value at a time, without the white space between its tokens, into the output of the chunk at hand.
 *
 * The loop looks at every byte of the source once and is all that the speed of JSON documents depends on; its state is
 * kept in locals and written back where a chunk or a value ends.
 */
import type { JsonSkeleton } from './json-skeleton.ts';
import { RECORD_BYTES_MAX } from './record-framer.ts';

const LINE_FEED = 10;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** Deeper brackets are not followed. Records nested that deep are refused much earlier, by their validation. */
const NESTING_MAX = 65_536;

/** What a byte outside strings is; everything else is part of a number or a word. */
const WORD = 0;
const WHITE = 1;
const SEPARATOR = 2;
const STRING = 3;
const OPEN = 4;
const CLOSE = 5;

const KIND = new Uint8Array(256);
for (const byte of [9, LINE_FEED, 13, SPACE]) KIND[byte] = WHITE;
for (const byte of [COMMA, COLON]) KIND[byte] = SEPARATOR;
for (const byte of [OPEN_ARRAY, OPEN_OBJECT]) KIND[byte] = OPEN;
for (const byte of [CLOSE_ARRAY, CLOSE_OBJECT]) KIND[byte] = CLOSE;
KIND[QUOTE] = STRING;

/** Bytes within a string that are more than content. */
const STOP = new Uint8Array(256);
for (const byte of [QUOTE, BACKSLASH, LINE_FEED]) STOP[byte] = 1;

/** Shorter runs are copied faster byte by byte than by a call. */
const RUN_BYTES_MIN = 32;

export class JsonValueCopy {
  readonly #skeleton: JsonSkeleton;
  #out = new Uint8Array(0);
  #length = 0;
  /** Where in the output the open value starts. */
  #valueStart = 0;
  #keep = false;
  #open = false;
  #inString = false;
  #escaped = false;
  /** The value is a number or a word, not a string, an array or an object. */
  #scalar = false;
  /** White space was left out behind a number or a word. */
  #gap = false;
  /** The chunk before this one ended with a byte of a number or a word (and white space, perhaps). */
  #word = false;
  /** Bytes of the chunk from here on are looked at, but not copied yet. */
  #run = 0;
  #stack = new Uint8Array(256);
  #depth = 0;

  constructor(skeleton: JsonSkeleton) {
    this.#skeleton = skeleton;
  }

  get open(): boolean {
    return this.#open;
  }

  /**
   * Makes room for a chunk. Copying takes no more than what is read, but for the line feed behind each value; the
   * shortest values that may stand side by side without anything between them are two bytes long.
   */
  begin(chunkBytes: number): void {
    const carry = this.#out.subarray(this.#valueStart, this.#length);
    const out = new Uint8Array(carry.length + Math.ceil(chunkBytes * 1.5) + 2);
    out.set(carry);
    this.#out = out;
    this.#length = carry.length;
    this.#valueStart = 0;
  }

  /** A value begins with the byte; without `keep` it is read over. */
  start(keep: boolean, byte: number): void {
    this.#open = true;
    this.#keep = keep;
    this.#scalar = KIND[byte] === WORD;
    this.#depth = 0;
    this.#gap = false;
    this.#word = false;
  }

  /** Reads on in the open value from `from`; the answer is the place behind it, or the chunk's end. */
  scan(chunk: Uint8Array, from: number): number {
    this.#run = from;
    let i = from;
    while (i < chunk.length && this.#open) {
      if (this.#inString) i = this.#scanString(chunk, i);
      else i = this.#scalar ? this.#scanScalar(chunk, i) : this.#scanTokens(chunk, i);
    }
    if (this.#open) this.#copyRun(chunk, i);
    return i;
  }

  #scanScalar(chunk: Uint8Array, from: number): number {
    let i = from;
    while (i < chunk.length && KIND[chunk[i] as number] === WORD) i += 1;
    if (i < chunk.length) this.#finish(chunk, i);
    return i;
  }

  /** Goes to behind the closing quote. */
  #scanString(chunk: Uint8Array, from: number): number {
    let i = from;
    let escaped = this.#escaped;
    while (i < chunk.length) {
      const byte = chunk[i++] as number;
      if (STOP[byte] === 0 && !escaped) continue;
      if (byte === LINE_FEED)
        this.#skeleton.fail('JSON_DOCUMENT_BROKEN', i - 1, 'has a line feed within a string');
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else {
        this.#inString = false;
        if (this.#depth === 0) this.#finish(chunk, i);
        break;
      }
    }
    this.#escaped = escaped;
    return i;
  }

  /** Goes on outside strings, to behind the next opening quote or the value's end. */
  #scanTokens(chunk: Uint8Array, from: number): number {
    let i = from;
    if (this.#gap) i = this.#leaveOutWhite(chunk, i);
    while (i < chunk.length) {
      const kind = KIND[chunk[i] as number] as number;
      if (kind === WORD || kind === SEPARATOR) i += 1;
      else if (kind === STRING) {
        // Most strings hold nothing to look at and end in the chunk; this saves leaving the loop for each of them.
        i += 1;
        while (i < chunk.length && STOP[chunk[i] as number] === 0) i += 1;
        this.#inString = chunk[i] !== QUOTE || this.#depth === 0;
        if (this.#inString) return i;
        i += 1;
      } else if (kind === OPEN) this.#openBracket(chunk[i] as number, i++);
      else if (kind === WHITE) i = this.#leaveOutWhite(chunk, i);
      else {
        this.#closeBracket(chunk[i] as number, i++);
        if (this.#depth > 0) continue;
        this.#finish(chunk, i);
        return i;
      }
    }
    this.#word = this.#gap || KIND[chunk[i - 1] as number] === WORD;
    return i;
  }

  /** Goes over white space; a blank takes its place where a number or a word stands on both sides. */
  #leaveOutWhite(chunk: Uint8Array, from: number): number {
    if (!this.#gap) this.#gap = from > 0 ? KIND[chunk[from - 1] as number] === WORD : this.#word;
    this.#copyRun(chunk, from);
    let i = from;
    while (i < chunk.length && KIND[chunk[i] as number] === WHITE) i += 1;
    this.#run = i;
    if (i === chunk.length) return i;
    if (this.#gap && this.#keep && KIND[chunk[i] as number] === WORD) this.#out[this.#length++] = SPACE;
    this.#gap = false;
    return i;
  }

  #copyRun(chunk: Uint8Array, to: number): void {
    const from = this.#run;
    this.#run = to;
    if (!this.#keep) return;
    const out = this.#out;
    if (to - from >= RUN_BYTES_MIN) out.set(chunk.subarray(from, to), this.#length);
    else for (let i = from, o = this.#length; i < to; i++, o++) out[o] = chunk[i] as number;
    this.#length += to - from;
  }

  /** The whole values of the chunk; what is not whole stays for the next one. */
  takeWhole(): Uint8Array {
    if (this.#length - this.#valueStart > RECORD_BYTES_MAX) {
      this.#skeleton.fail(
        'RECORD_TOO_LONG',
        0,
        `has a record without an end within ${RECORD_BYTES_MAX} bytes`,
      );
    }
    return this.#out.subarray(0, this.#valueStart);
  }

  /** At the end of the text: a number or word that nothing followed is whole. */
  end(): Uint8Array {
    if (!this.#open || !this.#scalar) {
      if (this.#open) this.#skeleton.fail('JSON_DOCUMENT_UNFINISHED', 0, 'ends within a value');
      return new Uint8Array(0);
    }
    this.begin(0);
    this.#run = 0;
    this.#finish(new Uint8Array(0), 0);
    return this.#out.subarray(0, this.#valueStart);
  }

  #openBracket(byte: number, index: number): void {
    if (this.#depth === NESTING_MAX) {
      this.#skeleton.fail('JSON_DOCUMENT_BROKEN', index, `is nested more than ${NESTING_MAX} deep`);
    }
    if (this.#depth === this.#stack.length) {
      const wider = new Uint8Array(this.#stack.length * 2);
      wider.set(this.#stack);
      this.#stack = wider;
    }
    // The closing brackets stand two behind the opening ones in ASCII.
    this.#stack[this.#depth++] = byte + 2;
  }

  #closeBracket(byte: number, index: number): void {
    const expected = this.#stack[this.#depth - 1];
    if (byte !== expected) {
      const names = `"${String.fromCharCode(byte)}" where "${String.fromCharCode(expected ?? 0)}" was expected`;
      this.#skeleton.fail('JSON_DOCUMENT_BROKEN', index, `has ${names}`);
    }
    this.#depth -= 1;
  }

  /** The value ends before `end`. */
  #finish(chunk: Uint8Array, end: number): void {
    this.#copyRun(chunk, end);
    this.#open = false;
    if (this.#keep) this.#out[this.#length++] = LINE_FEED;
    this.#valueStart = this.#length;
    this.#skeleton.valueEnded();
  }
}
