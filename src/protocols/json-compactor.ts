/**
 * Turns one JSON document, fed in chunks, into NDJSON: every item of the array at a path, each on one line.
 *
 * No token is touched: strings, numbers and names leave as the bytes that came. Only white space between tokens is left
 * out, and one blank stays where two tokens would otherwise run together (`1 2` must not become `12`).
 *
 * The document's skeleton (what leads to the array, and the commas between its items) is checked here, and so are the
 * brackets and the ends of strings everywhere, for without them no record can be cut out. What stands inside a record is
 * somebody else's to validate: a record that is not JSON inside costs itself, not the document.
 */
import { JsonSkeleton } from './json-skeleton.ts';
import { JsonValueCopy } from './json-value-copy.ts';
import { TEXT_START_BYTES, textStart } from './text-start.ts';

export interface JsonCompactorOptions {
  /** The source as people know it, for errors. */
  readonly file: string;
  /** Names of the members that lead to the array; none for the document itself. */
  readonly path: readonly string[];
}

export class JsonCompactor {
  readonly #file: string;
  readonly #skeleton: JsonSkeleton;
  readonly #copy: JsonValueCopy;
  #head: Uint8Array | undefined = new Uint8Array(0);

  constructor(options: JsonCompactorOptions) {
    this.#file = options.file;
    this.#skeleton = new JsonSkeleton(options);
    this.#copy = new JsonValueCopy(this.#skeleton);
  }

  /** The items that are whole with this chunk, each ended by a line feed. Throws JSON_DOCUMENT_BROKEN, RECORD_TOO_LONG. */
  push(chunk: Uint8Array): Uint8Array {
    if (this.#head === undefined) return this.#scan(chunk);
    const head = Buffer.concat([this.#head, chunk]);
    this.#head = head;
    return head.length < TEXT_START_BYTES ? new Uint8Array(0) : this.#begin(head);
  }

  /** The last item, where the document itself is it. Throws JSON_DOCUMENT_UNFINISHED, JSON_RECORDS_MISSING. */
  end(): Uint8Array {
    const early = this.#head === undefined ? new Uint8Array(0) : this.#begin(this.#head);
    const late = this.#copy.end();
    this.#skeleton.end();
    return early.length === 0 ? late : Buffer.concat([early, late]);
  }

  #begin(head: Uint8Array): Uint8Array {
    this.#head = undefined;
    return this.#scan(head.subarray(textStart(head, this.#file)));
  }

  #scan(chunk: Uint8Array): Uint8Array {
    this.#copy.begin(chunk.length);
    this.#skeleton.chunk = chunk;
    let i = 0;
    while (i < chunk.length) {
      if (this.#copy.open) i = this.#copy.scan(chunk, i);
      else {
        const next = this.#skeleton.step(i);
        if (next === 'item' || next === 'skip') this.#copy.start(next === 'item', chunk[i] ?? 0);
        else i = next;
      }
    }
    this.#skeleton.passChunk();
    return this.#copy.takeWhole();
  }
}
