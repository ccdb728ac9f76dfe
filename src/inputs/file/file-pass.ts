import type { CaptureBatch } from '../../kit/input.ts';
import type { FoundFile } from './find-files.ts';

/** One way to read the files of an input: what their state was is known, what they are now is given. */
export interface FilePass {
  /** A record at the end of a file was not taken because it may still be being written; it soon will be. */
  readonly waiting: boolean;
  /** Everything that is new in the files, in their order. */
  pass(files: readonly FoundFile[]): AsyncGenerator<CaptureBatch>;
}
