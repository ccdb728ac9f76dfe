import type { Slice } from '../../schema/slice.ts';

const LINE_FEED = 10;

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

/** Offsets just behind each record. */
function recordEnds(slice: Slice): number[] {
  const { bytes, framing } = slice;
  const quote = framing.format === 'csv' && framing.quote !== '' ? framing.quote.charCodeAt(0) : -1;
  const ends: number[] = [];
  let quoted = false;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === quote) quoted = !quoted;
    else if (bytes[i] === LINE_FEED && !quoted) ends.push(i + 1);
  }
  if (ends.at(-1) !== bytes.length && bytes.length > 0) ends.push(bytes.length);
  return ends;
}

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (const byte of bytes) if (byte === LINE_FEED) lines += 1;
  return lines;
}

/** How many records a slice holds. */
export function countRecords(slice: Slice): number {
  return recordEnds(slice).length;
}
