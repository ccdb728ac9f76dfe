import { WharfError } from '../base/errors.ts';
import type { StreamId } from './journal.ts';

/** Where in a journal something is not what was written. */
export interface DamagePlace {
  readonly file: string;
  readonly stream?: StreamId;
  /** The first position of the block. */
  readonly position?: number;
}

/** JOURNAL_DAMAGED, naming the file, and where known the stream and the first position of the block. */
export function damageError(place: DamagePlace, fault: string, cause?: unknown): WharfError {
  const { file, stream, position } = place;
  const at = position === undefined ? '' : ` at position ${position}`;
  const where = stream === undefined ? `The journal file "${file}"` : `The log of "${stream}"${at}`;
  const inFile = stream === undefined ? '' : ` (in "${file}")`;
  return new WharfError('JOURNAL_DAMAGED', `${where} is damaged: ${fault}${inFile}.`, {
    hint: 'Check the disk, then restore the data folder from a backup, or let the source be captured again.',
    ...(stream === undefined
      ? { place: { file } }
      : { place: { product: stream, ...(position === undefined ? {} : { position }) } }),
    details: { ...place },
    cause,
  });
}
