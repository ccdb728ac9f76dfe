/** What brings a derived product's state to its query's answer. */
import { type LineChunk, readLineChunks } from '../../base/line-file.ts';
import type { Append } from '../../journal/journal.ts';

const CHUNK_BYTES = 1024 * 1024;

/** Documents in journal form, one a line. */
export interface DifferencePart {
  readonly count: number;
  chunks(): AsyncIterable<LineChunk>;
}

export interface DerivedDifference {
  readonly deletes: DifferencePart;
  readonly upserts: DifferencePart;
  /** Rejects that were opened or closed, to be journaled in the last commit. */
  readonly alongside: readonly Append[];
  remove(): Promise<void>;
}

/** Documents in memory, one a line. */
export interface Rows {
  readonly bytes: Uint8Array;
  readonly count: number;
}

export function partInFile(file: string, count: number): DifferencePart {
  return { count, chunks: () => readLineChunks(file, CHUNK_BYTES) };
}

export function partInMemory({ bytes, count }: Rows): DifferencePart {
  return {
    count,
    chunks: async function* () {
      if (count > 0) yield { bytes, count };
    },
  };
}
