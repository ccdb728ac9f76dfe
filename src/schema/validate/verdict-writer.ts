import type { SliceReject, SliceVerdict } from '../slice.ts';

const LINE_FEED = 10;

/** Collects a slice's accepted documents, one a line, and its rejects. */
export class VerdictWriter {
  readonly #rejects: SliceReject[] = [];
  #out: Buffer;
  #length = 0;
  #count = 0;
  #index = 0;
  /** Which records were accepted; kept once one was not. */
  #indices: number[] | undefined;

  constructor(bytesHint: number) {
    this.#out = Buffer.from(new ArrayBuffer(bytesHint + 1));
  }

  /** Which record of the slice is looked at now, from 0. */
  get index(): number {
    return this.#index;
  }

  /** Takes the bytes of an accepted document as they are. */
  acceptBytes(bytes: Buffer, start: number, end: number): void {
    this.#room(end - start + 1);
    this.#length += bytes.copy(this.#out, this.#length, start, end);
    this.#accepted();
  }

  acceptText(document: string): void {
    const length = Buffer.byteLength(document);
    this.#room(length + 1);
    this.#length += this.#out.write(document, this.#length, length, 'utf8');
    this.#accepted();
  }

  reject(reject: SliceReject): void {
    this.#indices ??= Array.from({ length: this.#count }, (_, i) => i);
    this.#rejects.push(reject);
    this.#index += 1;
  }

  verdict(): SliceVerdict {
    // A buffer of its own, so that it can be handed to another thread without a copy.
    const bytes = this.#out.buffer as ArrayBuffer;
    const accepted = new Uint8Array(this.#length === bytes.byteLength ? bytes : bytes.slice(0, this.#length));
    return { accepted, count: this.#count, indices: this.#indices, rejects: this.#rejects };
  }

  #accepted(): void {
    this.#out[this.#length++] = LINE_FEED;
    this.#indices?.push(this.#index);
    this.#count += 1;
    this.#index += 1;
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#out.length) return;
    const larger = Buffer.from(new ArrayBuffer(Math.max(this.#out.length * 2, this.#length + bytes)));
    this.#out.copy(larger, 0, 0, this.#length);
    this.#out = larger;
  }
}
