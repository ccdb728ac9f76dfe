import { countLines } from '../../base/line-file.ts';
import type { Slice } from '../../schema/slice.ts';
import { csvRecordEnd } from '../../schema/validate/csv-records.ts';

const LINE_FEED = 10;
const SPACE = 32;

/**
 * Cuts a slice into two halves at a record's end near its middle, or undefined when it holds a single record.
 * For delimited text a line feed inside quotes ends no record.
 */
export function splitSlice(slice: Slice): readonly [Slice, Slice] | undefined {
  const ends = recordEnds(slice);
  if (ends.length < 2) return undefined;
  const cut = ends[(ends.length >> 1) - 1] as number;
  const head = slice.bytes.subarray(0, cut);
  const lines = countLines(head);
  return [
    { ...slice, bytes: head },
    { ...slice, bytes: slice.bytes.subarray(cut), line: slice.line + lines },
  ];
}

/** Offsets just behind each record; blank lines go with the record before them. */
function recordEnds(slice: Slice): number[] {
  const bytes = Buffer.from(slice.bytes.buffer, slice.bytes.byteOffset, slice.bytes.byteLength);
  const ends: number[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = recordEnd(bytes, start, slice.framing);
    const isBlank = bytes.subarray(start, end).every((byte) => byte <= SPACE);
    if (isBlank && ends.length > 0) ends[ends.length - 1] = end;
    else if (!isBlank) ends.push(end);
    start = end;
  }
  return ends;
}

function recordEnd(bytes: Buffer, start: number, framing: Slice['framing']): number {
  if (framing.format === 'csv') return csvRecordEnd(bytes, start, framing);
  const feed = bytes.indexOf(LINE_FEED, start);
  return feed < 0 ? bytes.length : feed + 1;
}

/** How many records a slice holds. */
export function countRecords(slice: Slice): number {
  return recordEnds(slice).length;
}
