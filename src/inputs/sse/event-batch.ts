import { CAPTURE_BATCH_BYTES_MAX, type CaptureBatch } from '../../kit/input.ts';
import type { ReadEvent } from '../../protocols/sse-reader.ts';
import { sseCursor } from './sse-cursor.ts';

const LINE_FEED = Buffer.from('\n');

/** Events that wait to become one batch. */
export class EventBatch {
  readonly #file: string;
  #lines: Buffer[] = [];
  #bytes = 0;
  /** The ordinal of the first event that waits, from 1. */
  #line = 1;
  /** Of the last event that waits. */
  #lastId: string;
  #givenId: string;

  constructor(file: string, lastId: string) {
    this.#file = file;
    this.#lastId = lastId;
    this.#givenId = lastId;
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  /** The id behind everything that was given out or skipped. */
  get lastId(): string {
    return this.#givenId;
  }

  /** Returns the batch that is full without this event, if it is. */
  add({ data, lastId }: ReadEvent): CaptureBatch | undefined {
    // Within JSON a line feed is white space only, so that a document on several lines is the same on one.
    const line = Buffer.from(data.replaceAll('\n', ' '));
    const full = this.#bytes + line.length + 1 > CAPTURE_BATCH_BYTES_MAX ? this.take() : undefined;
    this.#lines.push(line, LINE_FEED);
    this.#bytes += line.length + 1;
    this.#lastId = lastId;
    return full;
  }

  /** An event that is not wanted. */
  skip({ lastId }: ReadEvent): void {
    this.#lastId = lastId;
    if (this.isEmpty) this.#givenId = lastId;
  }

  take(): CaptureBatch | undefined {
    if (this.isEmpty) return undefined;
    const bytes = new Uint8Array(this.#bytes);
    let at = 0;
    for (const line of this.#lines) {
      bytes.set(line, at);
      at += line.length;
    }
    const place = { file: this.#file, line: this.#line };
    this.#line += this.#lines.length / 2;
    this.#lines = [];
    this.#bytes = 0;
    this.#givenId = this.#lastId;
    return { bytes, framing: { format: 'ndjson' }, place, cursor: sseCursor(this.#lastId) };
  }
}
