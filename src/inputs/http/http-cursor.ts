import { WharfError } from '../../base/errors.ts';
import type { OrderKey } from '../file/replay-order.ts';
import './errors.ts';

const VERSION = 1;

/** Which page to ask for: the first when nothing is set. */
export interface PageState {
  /** An address, of link paging. */
  readonly url?: string;
  /** A cursor, page number or offset. */
  readonly value?: string;
  /** Pages before it. */
  readonly before: number;
}

/** Where a look stopped in the middle. */
export interface OpenLook {
  readonly page: PageState;
  /** Bytes of the page's records that were read, and their CRC-32. */
  readonly offset: number;
  readonly crc: number;
  readonly line: number;
  readonly seen: Seen;
}

/** The largest value of the field, and how often each record with that value came, by its hash. */
export interface Seen {
  readonly largest?: NonNullable<OrderKey>;
  readonly edge: Readonly<Record<string, number>>;
}

export interface HttpCursor {
  readonly version: typeof VERSION;
  /** When the last look with news began. */
  readonly lookedMs?: number;
  /** Of the looks that were completed. */
  readonly seen: Seen;
  readonly open?: OpenLook;
  /** Of the last whole answer. */
  readonly etag?: string;
  readonly modified?: string;
  readonly crc?: number;
}

export const NEW_CURSOR: HttpCursor = { version: VERSION, seen: { edge: {} } };
export const FIRST_PAGE: PageState = { before: 0 };

/** Throws HTTP_CURSOR_INVALID. */
export function readHttpCursor(cursor: unknown): HttpCursor {
  if (cursor === undefined || cursor === null) return NEW_CURSOR;
  const { version, seen } = cursor as Partial<HttpCursor>;
  if (version === VERSION && typeof seen === 'object') return cursor as HttpCursor;
  throw new WharfError(
    'HTTP_CURSOR_INVALID',
    `The cursor ${JSON.stringify(cursor).slice(0, 200)} is not one of an http input of this version.`,
    { hint: 'It was written by another version; start with that one.' },
  );
}
