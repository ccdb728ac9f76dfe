/** Validates a slice of delimited text, record by record, by the quick way where its cells are plain. */
import { isUtf8 } from 'node:buffer';
import { countLines } from '../../base/line-file.ts';
import type { Dataset } from '../field.ts';
import { writeJson } from '../json-value.ts';
import { DOCUMENT_TEXT_MAX, type Reason, type Slice, type SliceVerdict } from '../slice.ts';
import { UNSURE } from './byte-scan.ts';
import { csvDocument } from './csv-document.ts';
import { type CsvFraming, type CsvRecord, csvRecordEnd, readCsvRecords } from './csv-records.ts';
import { QuickCells } from './quick-cells.ts';
import { RECORD_BYTES_MAX, type RecordCheck, tooLong } from './record-check.ts';
import { VerdictWriter } from './verdict-writer.ts';

const LINE_FEED = 10;

export type CsvValidator = (slice: Slice, framing: CsvFraming) => SliceVerdict;

export function createCsvValidator(dataset: Dataset, check: RecordCheck): CsvValidator {
  const fields = new Map(dataset.fields.map((field) => [field.name, field]));
  return (slice, framing) => {
    const bytes = Buffer.from(slice.bytes.buffer, slice.bytes.byteOffset, slice.bytes.byteLength);
    const allUtf8 = isUtf8(bytes);
    const writer = new VerdictWriter(bytes);
    const cells = new QuickCells(framing, fields);
    let line = slice.line;
    for (let start = 0; start < bytes.length; ) {
      const behind = allUtf8 ? cells.read(bytes, start) : UNSURE;
      if (behind !== UNSURE && check.quick(cells.document, 0) === cells.length) {
        writer.acceptOf(cells.document, cells.length);
        line += 1 + cells.lineFeeds;
        start = behind;
        continue;
      }
      const end = csvRecordEnd(bytes, start, framing);
      const record = bytes.subarray(start, end);
      exactly(record, line);
      line += countLines(record);
      start = end;
    }
    return writer.verdict();

    function exactly(bytes: Buffer, line: number): void {
      const [record] = readCsvRecords(bytes.toString('utf8'), framing);
      if (!record) return;
      const broken = brokenCsv(bytes, record, framing);
      if (broken) {
        const document = record.text.slice(0, DOCUMENT_TEXT_MAX);
        writer.reject({ line, index: writer.index, document, reasons: [broken] });
      } else {
        const { document, reasons } = csvDocument(record, framing, fields);
        check.document(document, () => writeJson(document), line, writer, reasons);
      }
    }
  };
}

function brokenCsv(bytes: Buffer, record: CsvRecord, framing: CsvFraming): Reason | undefined {
  const length = lengthWithoutEnd(bytes);
  if (length > RECORD_BYTES_MAX) return tooLong(length);
  if (!isUtf8(bytes))
    return { code: 'TEXT_NOT_UTF8', pointer: '', message: 'The record holds bytes that are not UTF-8.' };
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

function lengthWithoutEnd(bytes: Buffer): number {
  return bytes[bytes.length - 1] === LINE_FEED ? bytes.length - 1 : bytes.length;
}
