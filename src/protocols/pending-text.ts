import { WharfError } from '../base/errors.ts';
import { countLines } from '../base/line-file.ts';
import { type FramerOptions, RECORD_BYTES_MAX, type RecordSlice, START } from './record-framer.ts';
import './record-errors.ts';

/** Holds what is not yet whole, and hands out slices with their lines counted; the framers say where records end. */
export class PendingText {
  readonly #options: FramerOptions;
  #bytes: Uint8Array = new Uint8Array(0);
  #offset: number;
  #line: number;

  constructor(options: FramerOptions) {
    this.#options = options;
    const start = options.start ?? START;
    this.#offset = start.offset;
    this.#line = start.line;
  }

  /** Adds a chunk; the answer is everything that is pending now. */
  add(chunk: Uint8Array): Uint8Array {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    return this.#bytes;
  }

  /** Takes the first `length` pending bytes, which end with a record's end, as a slice. */
  take(length: number): RecordSlice {
    const bytes = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    const line = this.#line;
    this.#offset += length;
    this.#line += countLines(bytes);
    return { bytes, line, end: { offset: this.#offset, line: this.#line } };
  }

  /** Call at the end of each push: what is still pending is one record that goes on, or has no end. */
  settle(): void {
    if (this.#bytes.length <= RECORD_BYTES_MAX) {
      // A copy, so that a few pending bytes do not keep a whole chunk alive.
      this.#bytes = this.#bytes.slice();
      return;
    }
    throw new WharfError(
      'RECORD_TOO_LONG',
      `The record in line ${this.#line} of "${this.#options.file}" has no end within ${RECORD_BYTES_MAX} bytes.`,
      {
        hint: 'Look for a missing line feed or for a quote that is not closed, or split the record.',
        place: { file: this.#options.file, line: this.#line },
      },
    );
  }

  rest(): RecordSlice | undefined {
    if (this.#bytes.length === 0) return undefined;
    const end = { offset: this.#offset + this.#bytes.length, line: this.#line + countLines(this.#bytes) };
    return { bytes: this.#bytes, line: this.#line, end };
  }
}
