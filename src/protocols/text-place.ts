import { countLines } from '../base/line-file.ts';

const LINE_FEED = 10;

/** Knows the line and the column of any byte of the chunk at hand, over a text that comes in chunks. */
export class TextPlace {
  #line = 1;
  /** How much of the current line lies in earlier chunks. */
  #before = 0;

  /**
   * The place of the byte `index` of the chunk, both from 1. The column counts UTF-16 code units; of a line that started
   * in an earlier chunk, the part in earlier chunks counts bytes, for decoding every long line would cost all and help few.
   */
  at(chunk: Uint8Array, index: number): { readonly line: number; readonly column: number } {
    const before = chunk.subarray(0, index);
    const lineStart = before.lastIndexOf(LINE_FEED) + 1;
    const units = Buffer.from(before.subarray(lineStart)).toString().length;
    return {
      line: this.#line + countLines(before),
      column: (lineStart === 0 ? this.#before : 0) + units + 1,
    };
  }

  /** Goes on to the next chunk. */
  pass(chunk: Uint8Array): void {
    const lineStart = chunk.lastIndexOf(LINE_FEED) + 1;
    this.#before = chunk.length - lineStart + (lineStart === 0 ? this.#before : 0);
    this.#line += countLines(chunk);
  }
}
