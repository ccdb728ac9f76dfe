/**
 * Validates slices of records against a dataset's contract, and gives the accepted ones in journal form.
 *
 * Most records go the quick way: one look at their bytes, which are then taken as they are. Whatever that is not sure of, good
 * or bad, goes the exact way, which reads every digit, gives all reasons, and writes the journal form anew. The quick way only
 * ever accepts.
 */
import { isUtf8 } from 'node:buffer';
import type { Dataset } from './field.ts';
import type { Slice, SliceVerdict } from './slice.ts';
import { skipBlank, UNSURE } from './validate/byte-scan.ts';
import { createCsvValidator } from './validate/csv-slice.ts';
import { compileRecordCheck, type RecordCheck, type Way } from './validate/record-check.ts';
import { VerdictWriter } from './validate/verdict-writer.ts';

export interface SliceValidatorOptions {
  /** For deletes only the key's fields are asked for, and kept. */
  readonly op?: 'upsert' | 'delete';
  readonly way?: Way;
}

const LINE_FEED = 10;

export function createSliceValidator(
  dataset: Dataset,
  options: SliceValidatorOptions = {},
): (slice: Slice) => SliceVerdict {
  const check = compileRecordCheck(dataset, options.op ?? 'upsert', options.way);
  const validateCsv = createCsvValidator(dataset, check);
  return (slice) =>
    slice.framing.format === 'csv' ? validateCsv(slice, slice.framing) : validateLines(slice, check);
}

function validateLines(slice: Slice, check: RecordCheck): SliceVerdict {
  const bytes = endedLines(slice.bytes);
  const allUtf8 = isUtf8(bytes);
  const writer = new VerdictWriter(bytes);
  let line = slice.line;
  for (let start = 0; start < bytes.length; line++) {
    const behind = allUtf8 ? check.quick(bytes, start) : UNSURE;
    if (behind !== UNSURE) {
      const lineEnd = skipBlank(bytes, behind);
      if (bytes[lineEnd] === LINE_FEED) {
        writer.acceptBytes(start, behind);
        start = lineEnd + 1;
        continue;
      }
    }
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = trimmedEnd(bytes, start, feed);
    if (end > start) check.line(bytes, start, end, allUtf8, line, writer);
    start = feed + 1;
  }
  return writer.verdict();
}

/** Scans stop at a line feed, so the last line must have one too. */
function endedLines(bytes: Uint8Array): Buffer {
  if (bytes.length === 0 || bytes[bytes.length - 1] === LINE_FEED)
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Of its own, so that what is accepted can be handed on with it.
  const ended = Buffer.allocUnsafeSlow(bytes.length + 1);
  ended.set(bytes);
  ended[bytes.length] = LINE_FEED;
  return ended;
}

function trimmedEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && isBlank(bytes[at - 1] as number)) at -= 1;
  return at;
}

/** JSON's white space, and no other control character: a line of those is no blank line, and must not be passed over. */
function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0d || byte === 0x09;
}
