import { PendingText } from './pending-text.ts';
import type { FramerOptions, RecordFramer, RecordSlice } from './record-framer.ts';

const LINE_FEED = 10;

/** Cuts NDJSON (or any text of one record a line) behind line feeds. Blank lines stay in the slices. */
export class NdjsonRecords implements RecordFramer {
  readonly #pending: PendingText;
  readonly #sliceBytesMax: number;

  constructor(options: FramerOptions) {
    this.#pending = new PendingText(options);
    this.#sliceBytesMax = options.sliceBytesMax;
  }

  push(chunk: Uint8Array): RecordSlice[] {
    const slices: RecordSlice[] = [];
    let text = this.#pending.add(chunk);
    for (let length = this.#wholeLength(text); length > 0; length = this.#wholeLength(text)) {
      slices.push(this.#pending.take(length));
      text = text.subarray(length);
    }
    this.#pending.settle();
    return slices;
  }

  rest(): RecordSlice | undefined {
    return this.#pending.rest();
  }

  /** As many bytes of whole lines as fit into a slice, at least one line; 0 when no line ends. */
  #wholeLength(text: Uint8Array): number {
    const last = text.lastIndexOf(LINE_FEED, this.#sliceBytesMax - 1);
    return (last >= 0 ? last : text.indexOf(LINE_FEED)) + 1;
  }
}
