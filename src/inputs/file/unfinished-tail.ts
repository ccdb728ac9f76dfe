/**
 * What to do with text behind the last line feed of a file. It may be the last record, or one that is being written.
 *
 * A whole JSON object is whole at once. A CSV record with all its cells may still lack the end of the last one, so it
 * waits until the file has been quiet. Anything else waits longer, and is then taken, so that it is rejected and seen
 * rather than never mentioned. A record that was taken too early and then goes on makes its file count as replaced.
 */
import { csvCells } from '../../protocols/csv-cells.ts';
import { CsvRecords } from '../../protocols/csv-records.ts';
import type { Framing } from '../../schema/framing.ts';

/** A file that did not change for this long is complete as far as whole records go. */
export const QUIET_MS = 2_000;
/** A record that is not whole is given up after this long. */
export const GIVE_UP_MS = 60_000;

/** `wait`: may be taken soon; `wait-long`: the record is not whole; `none`: there is nothing but blanks. */
export type Tail = 'none' | 'take' | 'wait' | 'wait-long';
export type TailRule = (rest: Uint8Array, framing: Framing) => Tail;

/** The file will not go on: what is there is a record. */
export const takeTail: TailRule = (rest) => (isBlank(rest) ? 'none' : 'take');

/** The file may go on; it did not change for `quietMs`. */
export function tailAfter(quietMs: number): TailRule {
  return (rest, framing) => {
    if (isBlank(rest)) return 'none';
    if (framing.format === 'ndjson') return isDocument(rest) || quietMs >= GIVE_UP_MS ? 'take' : 'wait-long';
    if (quietMs >= GIVE_UP_MS) return 'take';
    if (!isFullRecord(rest, framing)) return 'wait-long';
    return quietMs >= QUIET_MS ? 'take' : 'wait';
  };
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 32 || byte === 9 || byte === 13);
}

/** An object or an array: other values may go on (`12` and `123`). */
function isDocument(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes).toString();
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return false;
    throw thrown;
  }
}

function isFullRecord(rest: Uint8Array, framing: Extract<Framing, { format: 'csv' }>): boolean {
  const framer = new CsvRecords(framing, { file: '', sliceBytesMax: rest.length });
  framer.push(rest);
  return (
    !framer.insideQuotes && csvCells(Buffer.from(rest).toString(), framing).length === framing.columns.length
  );
}
