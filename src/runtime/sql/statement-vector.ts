/** At which positions a statement reads. */
import { WharfError } from '../../base/errors.ts';
import type { At } from '../../kit/reader.ts';
import type { SqlVector } from '../../kit/sql.ts';
import type { Store } from '../../store/store.ts';
import type { Published } from '../published.ts';
import { parseAt } from '../reader/parse-at.ts';

export interface VectorServices {
  readonly published: Published;
  readonly store: Pick<Store, 'positionAt'>;
}

/** The products as they are published in this turn: nothing is published while it is taken. Throws AT_INVALID. */
export function takeVector(
  { published, store }: VectorServices,
  streams: Iterable<string>,
  at: At,
  timeUs: number,
): SqlVector {
  const now = new Map([...streams].map((stream) => [stream, published.position(stream)]));
  const point = at === undefined ? undefined : parseAt(at);
  const position = async (stream: string): Promise<number> => {
    const last = now.get(stream) ?? 0;
    if (!point) return last;
    if (point.kind === 'time')
      return Math.min(last, published.settled(stream, await store.positionAt(stream, point.timeUs)));
    if (point.position > last) throw future(stream, point.position, last);
    return published.settled(stream, point.position);
  };
  return { at, timeUs: point?.kind === 'time' ? point.timeUs : timeUs, position };
}

function future(stream: string, position: number, last: number): WharfError {
  return new WharfError(
    'AT_FUTURE',
    `Position ${position} of ${stream} has not been published; the last one is ${last}.`,
    { hint: 'Leave "at" out to read what is published now.', details: { sqlState: '22023' } },
  );
}
