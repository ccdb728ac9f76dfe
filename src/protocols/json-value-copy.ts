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

/** Bytes at which the copying of a string's content must look closer. */
const STOP = new Uint8Array(256);
for (const byte of [QUOTE, BACKSLASH, LINE_FEED]) STOP[byte] = 1;

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
  #gap = false;
  /** True when the last byte that was copied belongs to a number or a word. */
  #word = false;
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

  /** A value begins at the next byte; without `keep` it is read over. */
  start(keep: boolean): void {
    this.#open = true;
    this.#keep = keep;
    this.#depth = 0;
    this.#gap = false;
    this.#word = false;
  }

  /** Reads on in the open value from `from`; the answer is the place behind it, or the chunk's end. */
  scan(chunk: Uint8Array, from: number): number {
    let i = from;
    while (i < chunk.length && this.#open) {
      i = this.#inString ? this.#copyString(chunk, i) : this.#copyTokens(chunk, i);
    }
    return i;
  }

  /** Copies what stands outside strings, up to behind the next opening quote or the value's end. */
  #copyTokens(chunk: Uint8Array, from: number): number {
    const out = this.#out;
    let o = this.#length;
    let word = this.#word;
    let i = from;
    while (i < chunk.length) {
      const byte = chunk[i] as number;
      const kind = KIND[byte] as number;
      if (kind === WORD) {
        if (this.#gap) {
          if (word) out[o++] = SPACE;
          this.#gap = false;
        }
        word = true;
        out[o++] = byte;
        i += 1;
        continue;
      }
      // At the value's own level nothing but a number or a word can still be open.
      if (this.#depth === 0 && (word || kind === WHITE)) {
        this.#length = o;
        this.#finish();
        return i;
      }
      i += 1;
      if (kind === WHITE) {
        this.#gap = true;
        continue;
      }
      out[o++] = byte;
      word = false;
      this.#gap = false;
      if (kind === SEPARATOR) continue;
      if (kind === OPEN) this.#openBracket(byte, i - 1);
      else if (kind === STRING) {
        this.#inString = true;
        break;
      } else {
        this.#closeBracket(byte, i - 1);
        if (this.#depth > 0) continue;
        this.#length = o;
        this.#finish();
        return i;
      }
    }
    this.#length = o;
    this.#word = word;
    return i;
  }

  /** The whole values of the chunk; what is not whole stays for the next one. */
  takeWhole(): Uint8Array {
    if (!this.#keep && this.#open) this.#length = this.#valueStart;
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
    if (!this.#open || this.#depth > 0 || this.#inString) {
      if (this.#open) this.#skeleton.fail('JSON_DOCUMENT_UNFINISHED', 0, 'ends within a value');
      return new Uint8Array(0);
    }
    this.begin(0);
    this.#finish();
    return this.#out.subarray(0, this.#valueStart);
  }

  /** Copies a string's bytes, up to behind its closing quote. */
  #copyString(chunk: Uint8Array, from: number): number {
    const out = this.#out;
    let o = this.#length;
    let i = from;
    while (i < chunk.length) {
      const byte = chunk[i++] as number;
      out[o++] = byte;
      if (STOP[byte] === 0 && !this.#escaped) continue;
      if (byte === LINE_FEED)
        this.#skeleton.fail('JSON_DOCUMENT_BROKEN', i - 1, 'has a line feed within a string');
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else {
        this.#inString = false;
        break;
      }
    }
    this.#length = o;
    if (!this.#inString && this.#depth === 0) this.#finish();
    return i;
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

  #finish(): void {
    this.#open = false;
    if (this.#keep) this.#out[this.#length++] = LINE_FEED;
    else this.#length = this.#valueStart;
    this.#valueStart = this.#length;
    this.#skeleton.valueEnded();
  }
}
