import { crc32 } from 'node:zlib';
import type { Reached } from './file-cursor.ts';
import { type FileReading, framerOf } from './file-reading.ts';
import type { Tail, TailRule } from './unfinished-tail.ts';

/** Whole records of a file, and the place behind them. */
export interface ReadRecords {
  /** A buffer of its own. */
  readonly bytes: Uint8Array;
  readonly line: number;
  readonly reached: Reached;
  /** The last ones of the file as it is now. */
  readonly last: boolean;
}

/** Reads the records of a file from a place on; knows one slice ahead which one is the last. */
export class RecordReader {
  readonly #reading: FileReading;
  #reached: Reached;
  #tail: Tail = 'none';

  constructor(reading: FileReading, from: Reached) {
    this.#reading = reading;
    this.#reached = from;
  }

  /** What became of text without a line feed at the end; valid from the last slice on. */
  get tail(): Tail {
    return this.#tail;
  }

  /** The place behind the records that were given out. */
  get reached(): Reached {
    return this.#reached;
  }

  /** The chunks start where the reader starts. */
  async *read(chunks: AsyncIterable<Uint8Array>, rule: TailRule): AsyncGenerator<ReadRecords> {
    let waiting: ReadRecords | undefined;
    for await (const next of this.#slices(chunks, rule)) {
      if (waiting) yield this.#pass(waiting);
      waiting = next;
    }
    if (waiting) yield this.#pass({ ...waiting, last: true });
  }

  #pass(records: ReadRecords): ReadRecords {
    this.#reached = records.reached;
    return records;
  }

  async *#slices(chunks: AsyncIterable<Uint8Array>, rule: TailRule): AsyncGenerator<ReadRecords> {
    const framer = framerOf(this.#reading, this.#reached);
    let { crc } = this.#reached;
    for await (const chunk of chunks) {
      for (const { bytes, line, end } of framer.push(chunk)) {
        crc = crc32(bytes, crc);
        yield { bytes: new Uint8Array(bytes), line, reached: { ...end, crc, open: false }, last: false };
      }
    }
    const rest = framer.rest();
    if (!rest) return;
    this.#tail = rule(rest.bytes, this.#reading.framing);
    if (this.#tail !== 'take') return;
    const reached = { ...rest.end, crc: crc32(rest.bytes, crc), open: true };
    yield { bytes: new Uint8Array(rest.bytes), line: rest.line, reached, last: true };
  }
}
