/**
 * The text of a file in chunks, whatever it is wrapped in: CSV or NDJSON as it is or unpacked, JSON and Parquet as NDJSON.
 * Offsets count bytes of that text.
 */
import { CAPTURE_BATCH_BYTES_MAX } from '../../kit/input.ts';

export interface TextSource {
  /** `chunks` can start at any offset at no cost; otherwise only at 0. */
  readonly seekable: boolean;
  /** How much of the file itself the chunks so far took, for progress. */
  readonly doneBytes: number;
  /** The text from an offset to its end. Each chunk is a buffer of its own. */
  chunks(from: number): AsyncGenerator<Uint8Array>;
  /** Removes what was made for reading. */
  close(): Promise<void>;
}

/** A chunk and the start of a record before it make one batch. */
export const CHUNK_BYTES = (CAPTURE_BATCH_BYTES_MAX / 8) * 7;
