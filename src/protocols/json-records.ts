import { JsonCompactor, type JsonCompactorOptions } from './json-compactor.ts';
import { NdjsonRecords } from './ndjson-records.ts';
import type { RecordSlice } from './record-framer.ts';

export interface JsonRecordsOptions extends JsonCompactorOptions {
  readonly sliceBytesMax: number;
}

/**
 * Cuts a JSON document into slices of NDJSON; `line` counts the items from 1, offsets those of the NDJSON.
 *
 * The items are those of the array at the path. Without a path the document may also be a single record, or several
 * objects one after another.
 */
export class JsonRecords {
  readonly #compactor: JsonCompactor;
  readonly #lines: NdjsonRecords;

  constructor(options: JsonRecordsOptions) {
    this.#compactor = new JsonCompactor(options);
    this.#lines = new NdjsonRecords(options);
  }

  push(chunk: Uint8Array): RecordSlice[] {
    return this.#lines.push(this.#compactor.push(chunk));
  }

  /** The last records. Throws when the document is not complete, or has no records at the path. */
  end(): RecordSlice[] {
    return this.#lines.push(this.#compactor.end());
  }
}
