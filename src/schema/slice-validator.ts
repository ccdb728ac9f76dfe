/**
 * Validates slices of records against a dataset's contract, and gives the accepted ones in journal form.
 *
 * Most records go the quick way: one look at their bytes, which are then taken as they are. Whatever that is not sure of, good or bad, goes the exact way, which reads every digit, gives all reasons, and writes
 * the journal form anew. The quick way only ever accepts.
 */
import { isUtf8 } from 'node:buffer';
import type { Dataset, Field } from './field.ts';
import { writeJson } from './json-value.ts';
import { DOCUMENT_TEXT_MAX, type Reason, type Slice, type SliceVerdict } from './slice.ts';
import { skipBlank, UNSURE } from './validate/byte-scan.ts';
import { csvDocument } from './validate/csv-document.ts';
import { type CsvFraming, type CsvRecord, readCsvRecords } from './validate/csv-records.ts';
import {
  compileRecordCheck,
  RECORD_BYTES_MAX,
  type RecordCheck,
  tooLong,
  type Way,
} from './validate/record-check.ts';
import { VerdictWriter } from './validate/verdict-writer.ts';

export interface SliceValidatorOptions {
  /** For deletes only the key's fields are asked for, and kept. */
  readonly op?: 'upsert' | 'delete';
  readonly way?: Way;
}

const LINE_FEED = 10;
/** Of one UTF-16 code unit. */
const UTF8_BYTES_MAX = 3;

export function createSliceValidator(
  dataset: Dataset,
  options: SliceValidatorOptions = {},
): (slice: Slice) => SliceVerdict {
  const check = compileRecordCheck(dataset, options.op ?? 'upsert', options.way);
  const fields = new Map(dataset.fields.map((field) => [field.name, field]));
  return (slice) =>
    slice.framing.format === 'csv'
      ? validateCsv(slice, slice.framing, fields, check)
      : validateLines(slice, check);
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
  if (bytes.length > 0 && bytes[bytes.length - 1] !== LINE_FEED)
    return Buffer.concat([bytes, Uint8Array.of(LINE_FEED)]);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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

function validateCsv(
  slice: Slice,
  framing: CsvFraming,
  fields: ReadonlyMap<string, Field>,
  check: RecordCheck,
): SliceVerdict {
  const bytes = Buffer.from(slice.bytes.buffer, slice.bytes.byteOffset, slice.bytes.byteLength);
  const utf8 = isUtf8(bytes);
  const writer = new VerdictWriter(bytes);
  // Where some bytes are not UTF-8, records are cut as bytes, so that only those that hold them are rejected.
  for (const read of readCsvRecords(bytes.toString(utf8 ? 'utf8' : 'latin1'), framing)) {
    const record = utf8 ? read : fromBytes(read);
    const line = slice.line + read.line;
    const broken = tooLongCsv(read) ?? (record ? brokenCsv(record, framing) : NOT_UTF8);
    if (record && !broken) {
      const { document, reasons } = csvDocument(record, framing, fields);
      check.document(document, () => writeJson(document), line, writer, reasons);
    } else {
      const text = record ? record.text : Buffer.from(read.text, 'latin1').toString('utf8');
      const reasons = [broken ?? NOT_UTF8];
      writer.reject({ line, index: writer.index, document: text.slice(0, DOCUMENT_TEXT_MAX), reasons });
    }
  }
  return writer.verdict();
}

const NOT_UTF8: Reason = {
  code: 'TEXT_NOT_UTF8',
  pointer: '',
  message: 'The record holds bytes that are not UTF-8.',
};

/** The record with its text read as UTF-8; undefined when it is not. Each character of it is a byte so far. */
function fromBytes(record: CsvRecord): CsvRecord | undefined {
  if (!isUtf8(Buffer.from(record.text, 'latin1'))) return undefined;
  const read = (text: string) => Buffer.from(text, 'latin1').toString('utf8');
  const cells = record.cells.map((cell) => ({ ...cell, text: read(cell.text) }));
  return { ...record, text: read(record.text), cells };
}

/** Counted in bytes only where it may matter. */
function tooLongCsv({ text }: CsvRecord): Reason | undefined {
  if (text.length * UTF8_BYTES_MAX <= RECORD_BYTES_MAX) return undefined;
  const length = Buffer.byteLength(text);
  return length > RECORD_BYTES_MAX ? tooLong(length) : undefined;
}

function brokenCsv(record: CsvRecord, framing: CsvFraming): Reason | undefined {
  if (!record.wellFormed) {
    return {
      code: 'CSV_QUOTE',
      pointer: '',
      message: `A quoted cell does not end with ${framing.quote}, or text stands behind its end.`,
    };
  }
  if (record.cells.length === framing.columns.length) return undefined;
  const message = `Expected ${framing.columns.length} cells, received ${record.cells.length}.`;
  return { code: 'CSV_CELL_COUNT', pointer: '', message };
}
