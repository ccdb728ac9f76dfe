/**
 * How far an input has read a table. The steps, in their order:
 *
 * - `begin`: the slot has a name and may not be there yet. The name is durable before the slot is made, so none is ever forgotten.
 * - `copy`: the rows that were there are being copied, range by range of the key.
 * - `follow`: changes are read from the log. With `until`, the copy is caught up with: of the transactions in it, those that a
 *   range's snapshot saw already are left out of that range.
 */
import type { Cursor } from '../../kit/input.ts';

/** The texts of a key's columns. */
export type KeyTexts = readonly string[];

/** A range of the key that one snapshot copies, in the order of the key. */
export interface CopiedRange {
  /** Behind this key; from the first row on when null. */
  readonly after: KeyTexts | null;
  /** Through this key; to the last row when null. */
  readonly to: KeyTexts | null;
  /** Copied through this key; null when nothing is yet. */
  readonly at: KeyTexts | null;
  readonly done: boolean;
  readonly snapshot: string;
}

export interface CursorSource {
  readonly slot: string;
  readonly publication: string;
  /** The server's own identifier. */
  readonly system: string;
  readonly table: number;
  /** Slot and publication were removed when no input read from them any more. */
  readonly removed?: true;
  /** The types of the columns that were read, by name. */
  readonly columns: Readonly<Record<string, number>>;
}

export interface BeginCursor extends CursorSource {
  readonly step: 'begin';
  /** Read the table as a whole and journal what differs. */
  readonly whole: boolean;
}

export interface CopyCursor extends CursorSource {
  readonly step: 'copy';
  /** Where the slot begins. */
  readonly lsn: string;
  /** In the order of the key, without gaps from the first row on. */
  readonly ranges: readonly CopiedRange[];
}

export interface FollowCursor extends CursorSource {
  readonly step: 'follow';
  /** Every transaction that ended before this is journaled. */
  readonly lsn: string;
  /** Of the next transaction, so many changes are journaled already. */
  readonly part?: { readonly xid: number; readonly changes: number };
  readonly until?: string;
  readonly ranges?: readonly CopiedRange[];
}

export type PostgresCursor = BeginCursor | CopyCursor | FollowCursor;

export function readPostgresCursor(cursor: Cursor): PostgresCursor | undefined {
  return cursor as PostgresCursor | undefined;
}

/** Joins neighbours that the same snapshot has copied to their ends. */
export function joinRanges(ranges: readonly CopiedRange[]): CopiedRange[] {
  const joined: CopiedRange[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last?.done && range.done && last.snapshot === range.snapshot)
      joined[joined.length - 1] = { ...range, after: last.after };
    else joined.push(range);
  }
  return joined;
}

/** After a restart: what was copied keeps its snapshot, and the rest is to be copied in a new one. */
export function resumeRanges(ranges: readonly CopiedRange[], snapshot: string): CopiedRange[] {
  return joinRanges(
    ranges.flatMap((range): CopiedRange[] => {
      if (range.done) return [range];
      if (!range.at) return [{ ...range, snapshot }];
      return [
        { ...range, to: range.at, done: true },
        { ...range, after: range.at, at: null, snapshot },
      ];
    }),
  );
}
