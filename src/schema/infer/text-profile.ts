import { dateText, localTimestampText, timeText, utcTimestampText } from '../time-text.ts';
import type { TypePart } from './number-profile.ts';

/** Dates and times are at least this long, and at most: anything else is plain text at a glance. */
const TEMPORAL_LENGTH = { min: 8, max: 35 };

interface Reading {
  readonly type: TypePart;
  readonly reads: (text: string) => boolean;
}

/** Only the plain ISO writing counts: a space for the `T`, or a small `z`, is left as the text that it is. */
function isIsoTimestamp(text: string): boolean {
  return text[10] === 'T' && !text.endsWith('z');
}

const READINGS: readonly Reading[] = [
  { type: { type: 'date' }, reads: (text) => dateText(text) !== undefined },
  {
    type: { type: 'timestamp', zone: 'utc' },
    reads: (text) => isIsoTimestamp(text) && utcTimestampText(text) !== undefined,
  },
  {
    type: { type: 'timestamp', zone: 'local' },
    reads: (text) => isIsoTimestamp(text) && localTimestampText(text) !== undefined,
  },
  { type: { type: 'time' }, reads: (text) => timeText(text) !== undefined },
];

/** What texts have in common, in constant memory. */
export class TextProfile {
  #count = 0;
  #readings = READINGS;

  get count(): number {
    return this.#count;
  }

  add(text: string): void {
    this.#count += 1;
    if (this.#readings.length === 0) return;
    const fits = text.length >= TEMPORAL_LENGTH.min && text.length <= TEMPORAL_LENGTH.max;
    this.#readings = fits ? this.#readings.filter((reading) => reading.reads(text)) : [];
  }

  type(): TypePart {
    return this.#readings[0]?.type ?? { type: 'string' };
  }
}
