import { WharfError } from '../../base/errors.ts';
import './errors.ts';

const VERSION = 1;

/** The id of the last event that was taken, in the stream's own words; empty when it had none. */
export interface SseCursor {
  readonly version: typeof VERSION;
  readonly lastId: string;
}

export function sseCursor(lastId: string): SseCursor {
  return { version: VERSION, lastId };
}

/** Throws SSE_CURSOR_INVALID. */
export function readSseCursor(cursor: unknown): string {
  if (cursor === undefined || cursor === null) return '';
  const { version, lastId } = cursor as Partial<SseCursor>;
  if (version === VERSION && typeof lastId === 'string') return lastId;
  throw new WharfError(
    'SSE_CURSOR_INVALID',
    `The cursor ${JSON.stringify(cursor).slice(0, 200)} is not one of an sse input of this version.`,
    { hint: 'It was written by another version; start with that one.' },
  );
}
