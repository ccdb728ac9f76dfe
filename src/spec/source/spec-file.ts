import type { SpecPlace } from '../model.ts';

/** The text of one spec file, and where its lines start. */
export class SpecFile {
  /** Relative to the mesh folder, with `/`. */
  readonly path: string;
  readonly text: string;
  #lineStarts: readonly number[] | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
  }

  /** The line and column, both from 1, of an offset in UTF-16 code units. */
  placeAt(offset: number): SpecPlace {
    this.#lineStarts ??= lineStartsOf(this.text);
    const starts = this.#lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { file: this.path, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  }

  /** How many characters of the first line from `start` on belong to the span; at least 1. */
  widthOf(start: number, end: number): number {
    const lineEnd = this.text.indexOf('\n', start);
    const stop = lineEnd < 0 ? end : Math.min(end, lineEnd);
    return Math.max(1, this.text.slice(start, stop).trimEnd().length);
  }
}

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
