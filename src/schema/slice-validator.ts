/**
 * Validates slices of records against a dataset's contract, and gives the accepted ones in journal form.
 *
 * Most records go the quick way: one look at their bytes, JSON.parse, a compiled check; their bytes are then taken as they
 * are. Whatever that is not sure of, good or bad, goes the exact way, which reads every digit, gives all reasons, and writes
 * the journal form anew. The quick way only ever accepts.
 */
import { isUtf8 } from 'node:buffer';
import type { Dataset, Field } from './field.ts';
import { writeJson } from './json-value.ts';
import { DOCUMENT_TEXT_MAX, type Reason, type Slice, type SliceVerdict } from './slice.ts';
import { csvDocument } from './validate/csv-document.ts';
import { type CsvFraming, type CsvRecord, readCsvRecords } from './validate/csv-records.ts';
import { compileRecordCheck, type RecordCheck } from './validate/record-check.ts';
import { VerdictWriter } from './validate/verdict-writer.ts';

export interface SliceValidatorOptions {
  /** For deletes only the key's fields are asked for, and kept. */
  readonly op?: 'upsert' | 'delete';
}

const LINE_FEED = 10;

export function createSliceValidator(
  dataset: Dataset,
  options: SliceValidatorOptions = {},
): (slice: Slice) => SliceVerdict {
  const check = compileRecordCheck(dataset, options.op ?? 'upsert');
  const fields = new Map(dataset.fields.map((field) => [field.name, field]));
  return (slice) =>
    slice.framing.format === 'csv'
      ? validateCsv(slice, slice.framing, fields, check)
      : validateLines(slice, check);
}

function validateLines(slice: Slice, check: RecordCheck): SliceVerdict {
  const bytes = Buffer.from(slice.bytes.buffer, slice.bytes.byteOffset, slice.bytes.byteLength);
  const allUtf8 = isUtf8(bytes);
  const writer = new VerdictWriter(bytes.length);
  let line = slice.line;
  for (let start = 0; start < bytes.length; line++) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const next = feed < 0 ? bytes.length : feed + 1;
    const end = trimmedEnd(bytes, start, feed < 0 ? bytes.length : feed);
    if (end > start) check.line(bytes, start, end, allUtf8, line, writer);
    start = next;
  }
  return writer.verdict();
}

function trimmedEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && (bytes[at - 1] as number) <= 32) at -= 1;
  return at;
}

function validateCsv(
  slice: Slice,
  framing: CsvFraming,
  fields: ReadonlyMap<string, Field>,
  check: RecordCheck,
): SliceVerdict {
  const bytes = Buffer.from(slice.bytes.buffer, slice.bytes.byteOffset, slice.bytes.byteLength);
  const utf8 = isUtf8(bytes);
  const writer = new VerdictWriter(bytes.length);
  for (const record of readCsvRecords(bytes.toString('utf8'), framing)) {
    const line = slice.line + record.line;
    const broken = brokenCsv(record, framing, utf8);
    if (broken)
      writer.reject({
        line,
        index: writer.index,
        document: record.text.slice(0, DOCUMENT_TEXT_MAX),
        reasons: [broken],
      });
    else {
      const document = csvDocument(record, framing, fields);
      check.document(document, () => writeJson(document), line, writer);
    }
  }
  return writer.verdict();
}

function brokenCsv(record: CsvRecord, framing: CsvFraming, utf8: boolean): Reason | undefined {
  if (!record.wellFormed) {
    return {
      code: 'CSV_QUOTE',
      pointer: '',
      message: `A quoted cell does not end with ${framing.quote}, or text stands behind its end.`,
    };
  }
  if (!utf8 && record.text.includes('\uFFFD'))
    return { code: 'TEXT_NOT_UTF8', pointer: '', message: 'The record holds bytes that are not UTF-8.' };
  if (record.cells.length === framing.columns.length) return undefined;
  const message = `Expected ${framing.columns.length} cells, received ${record.cells.length}.`;
  return { code: 'CSV_CELL_COUNT', pointer: '', message };
}
