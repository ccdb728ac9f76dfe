const LINE_FEED = 10;

/** Knows the line and the column of any byte of the chunk at hand, over a text that comes in chunks. */
export class TextPlace {
  #line = 1;
  /** UTF-16 code units of the current line in earlier chunks. */
  #units = 0;

  /** The place of the byte `index` of the chunk, both from 1. */
  at(chunk: Uint8Array, index: number): { readonly line: number; readonly column: number } {
    const before = Buffer.from(chunk.buffer, chunk.byteOffset, index);
    let line = this.#line;
    let lineStart = -1;
    for (let i = before.indexOf(LINE_FEED); i >= 0; i = before.indexOf(LINE_FEED, i + 1)) {
      line += 1;
      lineStart = i;
    }
    const units = before.toString('utf8', lineStart + 1).length;
    return { line, column: (lineStart < 0 ? this.#units : 0) + units + 1 };
  }

  /** Goes on to the next chunk. */
  pass(chunk: Uint8Array): void {
    const { line, column } = this.at(chunk, chunk.length);
    this.#line = line;
    this.#units = column - 1;
  }
}
