import type { SliceReject, SliceVerdict } from '../slice.ts';

const LINE_FEED = 10;
const EMPTY = Buffer.from(new ArrayBuffer(0));

/** Collects a slice's accepted documents, one a line, and its rejects. */
export class VerdictWriter {
  readonly #source: Buffer;
  readonly #rejects: SliceReject[] = [];
  #out = EMPTY;
  #length = 0;
  #count = 0;
  #index = 0;
  /** Accepted lines of the source that follow one another; they are copied at once. */
  #runStart = 0;
  #runEnd = 0;
  /** Which records were accepted; kept once one was not. */
  #indices: number[] | undefined;

  /** `source` is the slice's text; documents may be taken from it as they are. */
  constructor(source: Buffer) {
    this.#source = source;
  }

  /** Which record of the slice is looked at now, from 0. */
  get index(): number {
    return this.#index;
  }

  /** Takes the bytes of an accepted document in the source as they are. */
  acceptBytes(start: number, end: number): void {
    if (this.#source[end] !== LINE_FEED) {
      this.#copyRun();
      this.#copy(start, end);
      this.#out[this.#length++] = LINE_FEED;
    } else if (start === this.#runEnd) this.#runEnd = end + 1;
    else {
      this.#copyRun();
      this.#runStart = start;
      this.#runEnd = end + 1;
    }
    this.#accepted();
  }

  /** Takes an accepted document, and the line feed behind it, from other bytes. */
  acceptOf(bytes: Buffer, length: number): void {
    this.#copyRun();
    this.#room(length + 1);
    this.#length += bytes.copy(this.#out, this.#length, 0, length + 1);
    this.#accepted();
  }

  acceptText(document: string): void {
    this.#copyRun();
    const length = Buffer.byteLength(document);
    this.#room(length + 1);
    this.#length += this.#out.write(document, this.#length, length, 'utf8');
    this.#out[this.#length++] = LINE_FEED;
    this.#accepted();
  }

  reject(reject: SliceReject): void {
    this.#indices ??= Array.from({ length: this.#count }, (_, i) => i);
    this.#rejects.push(reject);
    this.#index += 1;
  }

  verdict(): SliceVerdict {
    return {
      accepted: this.#takeAccepted(),
      count: this.#count,
      indices: this.#indices,
      rejects: this.#rejects,
    };
  }

  /** A buffer of its own, so that it can be handed to another thread without a copy. */
  #takeAccepted(): Uint8Array {
    if (this.#length === 0) return new Uint8Array(this.#source.subarray(this.#runStart, this.#runEnd));
    this.#copyRun();
    const bytes = this.#out.buffer as ArrayBuffer;
    return new Uint8Array(this.#length === bytes.byteLength ? bytes : bytes.slice(0, this.#length));
  }

  #accepted(): void {
    this.#indices?.push(this.#index);
    this.#count += 1;
    this.#index += 1;
  }

  #copyRun(): void {
    if (this.#runEnd > this.#runStart) this.#copy(this.#runStart, this.#runEnd);
    this.#runStart = this.#runEnd;
  }

  #copy(start: number, end: number): void {
    this.#room(end - start + 1);
    this.#length += this.#source.copy(this.#out, this.#length, start, end);
  }

  #room(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#out.length) return;
    const larger = Buffer.from(
      new ArrayBuffer(Math.max(this.#source.length + 1, this.#out.length * 2, needed)),
    );
    this.#out.copy(larger, 0, 0, this.#length);
    this.#out = larger;
  }
}
