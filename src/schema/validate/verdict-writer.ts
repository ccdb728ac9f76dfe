import type { SliceReject, SliceVerdict } from '../slice.ts';

const LINE_FEED = 10;
const BUILT_BYTES = 64 * 1024;

/** Accepted lines that follow one another, in the source or among those built. */
interface Piece {
  readonly of: 'source' | 'built';
  readonly start: number;
  end: number;
}

/** Collects a slice's accepted documents, one a line, and its rejects. */
export class VerdictWriter {
  readonly #source: Buffer;
  readonly #rejects: SliceReject[] = [];
  /** Documents that do not stand in the source as they were accepted. */
  #built = Buffer.alloc(0);
  #builtLength = 0;
  readonly #pieces: Piece[] = [];
  #last: Piece | undefined;
  #count = 0;
  #index = 0;

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
    if (this.#source[end] === LINE_FEED) this.#accepted('source', start, end + 1);
    else {
      this.#room(end - start + 1);
      this.#accept(this.#source.copy(this.#built, this.#builtLength, start, end));
    }
  }

  /** Takes an accepted document of `length` bytes from elsewhere. */
  acceptOf(bytes: Buffer, length: number): void {
    this.#room(length + 1);
    this.#accept(bytes.copy(this.#built, this.#builtLength, 0, length));
  }

  acceptText(document: string): void {
    const length = Buffer.byteLength(document);
    this.#room(length + 1);
    this.#accept(this.#built.write(document, this.#builtLength, length, 'utf8'));
  }

  reject(reject: SliceReject): void {
    this.#rejects.push(reject);
    this.#index += 1;
  }

  verdict(): SliceVerdict {
    return {
      accepted: this.#takeAccepted(),
      count: this.#count,
      indices: this.#rejects.length === 0 ? undefined : this.#indices(),
      rejects: this.#rejects,
    };
  }

  /**
   * A part of the source where that holds it in one piece; else memory of its own and no larger than it, so that it can be handed
   * to another thread without a copy.
   */
  #takeAccepted(): Uint8Array {
    const [first] = this.#pieces;
    if (first?.of === 'source' && this.#pieces.length === 1)
      return this.#source.subarray(first.start, first.end);
    const length = this.#pieces.reduce((sum, piece) => sum + piece.end - piece.start, 0);
    const accepted = new Uint8Array(length);
    let at = 0;
    for (const { of, start, end } of this.#pieces) {
      accepted.set((of === 'source' ? this.#source : this.#built).subarray(start, end), at);
      at += end - start;
    }
    return accepted;
  }

  /** All records but those rejected, which are in their order. */
  #indices(): readonly number[] {
    const indices = new Array<number>(this.#count);
    let rejected = 0;
    for (let i = 0, at = 0; i < this.#index; i++) {
      if (this.#rejects[rejected]?.index === i) rejected += 1;
      else indices[at++] = i;
    }
    return indices;
  }

  /** Accepts the document of so many bytes that was just put behind those built. */
  #accept(length: number): void {
    const start = this.#builtLength;
    this.#builtLength += length;
    this.#built[this.#builtLength++] = LINE_FEED;
    this.#accepted('built', start, this.#builtLength);
  }

  #accepted(of: Piece['of'], start: number, end: number): void {
    if (this.#last?.of === of && this.#last.end === start) this.#last.end = end;
    else {
      this.#last = { of, start, end };
      this.#pieces.push(this.#last);
    }
    this.#count += 1;
    this.#index += 1;
  }

  #room(bytes: number): void {
    const needed = this.#builtLength + bytes;
    if (needed <= this.#built.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(BUILT_BYTES, this.#built.length * 2, needed));
    this.#built.copy(larger, 0, 0, this.#builtLength);
    this.#built = larger;
  }
}
