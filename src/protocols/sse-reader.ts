/**
 * Reads server-sent events, as https://html.spec.whatwg.org/multipage/server-sent-events.html says: lines end with LF, CR or
 * CRLF; an event ends with an empty line, and one that is cut off is none; a line that begins with a colon is a comment; the id
 * of an event stays the last one until another comes, and an id with a NUL is none.
 */
import { StringDecoder } from 'node:string_decoder';
import { formatBytes } from '../base/duration.ts';
import { WharfError } from '../base/errors.ts';
import { RECORD_BYTES_MAX } from './record-framer.ts';
import './record-errors.ts';

/** An event that was read. */
export interface ReadEvent {
  /** `message` when the stream does not say. */
  readonly type: string;
  readonly data: string;
  /** The last id of the stream so far; empty when there was none, or it was reset. */
  readonly lastId: string;
}

export class SseReader {
  readonly #file: string;
  readonly #decoder = new StringDecoder('utf8');
  #text = '';
  #begun = false;
  #data: string[] = [];
  #dataLength = 0;
  #type = '';
  #id: string;
  #lastId: string;
  #retryMs: number | undefined;

  /** `file`: the source as people know it, for errors. `lastId`: of the stream that this one goes on from. */
  constructor(options: { readonly file: string; readonly lastId: string }) {
    this.#file = options.file;
    this.#id = options.lastId;
    this.#lastId = options.lastId;
  }

  /** How long the stream asked to wait before connecting again. */
  get retryMs(): number | undefined {
    return this.#retryMs;
  }

  /** The events that are whole with this chunk. Throws RECORD_TOO_LONG. */
  push(chunk: Uint8Array): ReadEvent[] {
    const more = this.#decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    // A long line that comes in many pieces is not looked through again with each of them.
    const mayEnd = /[\r\n]/.test(more) || this.#text.endsWith('\r');
    this.#text += more;
    if (!this.#begun && this.#text.length > 0) {
      this.#begun = true;
      if (this.#text.startsWith('\ufeff')) this.#text = this.#text.slice(1);
    }
    const events: ReadEvent[] = [];
    for (const line of mayEnd ? this.#takeLines() : []) {
      const event = line === '' ? this.#dispatch() : this.#field(line);
      if (event) events.push(event);
    }
    if (this.#dataLength + this.#text.length > RECORD_BYTES_MAX) this.#tooLong();
    return events;
  }

  /** Lines that have an end. A CR at the end of the text may be half of CRLF, so it waits for what follows. */
  #takeLines(): string[] {
    const lines = this.#text.split(/\r\n|\n|\r(?!$)/);
    this.#text = lines.pop() ?? '';
    return lines;
  }

  #field(line: string): undefined {
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'data') {
      this.#data.push(value);
      this.#dataLength += value.length + 1;
      if (this.#dataLength > RECORD_BYTES_MAX) this.#tooLong();
    } else if (name === 'event') this.#type = value;
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    else if (name === 'retry' && /^\d{1,9}$/.test(value)) this.#retryMs = Number(value);
  }

  #dispatch(): ReadEvent | undefined {
    this.#lastId = this.#id;
    const type = this.#type === '' ? 'message' : this.#type;
    const data = this.#data.join('\n');
    this.#type = '';
    this.#data = [];
    this.#dataLength = 0;
    return data === '' ? undefined : { type, data, lastId: this.#lastId };
  }

  #tooLong(): never {
    throw new WharfError(
      'RECORD_TOO_LONG',
      `An event of "${this.#file}" is longer than ${formatBytes(RECORD_BYTES_MAX)}.`,
      { hint: 'Look whether the address gives a stream of server-sent events.', place: { file: this.#file } },
    );
  }
}
