/** Framers cut a stream of chunks into slices of whole records, without looking into the records. */

/** A place between two records of a text. */
export interface Mark {
  /** Bytes before it. */
  readonly offset: number;
  /** The line (or item) that starts or goes on here, from 1. */
  readonly line: number;
}

/** Whole records that lie side by side in the text. */
export interface RecordSlice {
  /** May be a view of the chunk that was pushed. */
  readonly bytes: Uint8Array;
  /** The line (or item) at which the first record stands. */
  readonly line: number;
  /** The place behind the last record. */
  readonly end: Mark;
}

export interface RecordFramer {
  /** The records that are whole with this chunk, in slices of at most `sliceBytesMax` (more only for a single record). */
  push(chunk: Uint8Array): RecordSlice[];
  /** What stands behind the last whole record; undefined when there is nothing. Does not consume it. */
  rest(): RecordSlice | undefined;
}

export interface FramerOptions {
  /** The source as people know it, for errors. */
  readonly file: string;
  readonly sliceBytesMax: number;
  /** Where the first chunk starts; the beginning when left out. */
  readonly start?: Mark;
}

/** A longer record is an error: nothing waits for an end that may never come. */
export const RECORD_BYTES_MAX = 16 * 1024 * 1024;

export const START: Mark = { offset: 0, line: 1 };
