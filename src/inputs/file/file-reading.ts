/** Opens a file for reading its records: the text, how it is framed, and where the records start. */
import { crc32 } from 'node:zlib';
import { formatBytes } from '../../base/duration.ts';
import { WharfError } from '../../base/errors.ts';
import { removeFile } from '../../base/files.ts';
import { CAPTURE_BATCH_BYTES_MAX } from '../../kit/input.ts';
import { csvCells } from '../../protocols/csv-cells.ts';
import { CsvRecords } from '../../protocols/csv-records.ts';
import { NdjsonRecords } from '../../protocols/ndjson-records.ts';
import type { FramerOptions, Mark, RecordFramer } from '../../protocols/record-framer.ts';
import { TEXT_START_BYTES, textStart } from '../../protocols/text-start.ts';
import type { Framing } from '../../schema/framing.ts';
import { ColumnarText } from './columnar-text.ts';
import type { Reached } from './file-cursor.ts';
import { type FormatOfFile, formatOf } from './file-format.ts';
import type { FileOptions } from './file-options.ts';
import type { FoundFile } from './find-files.ts';
import { GzipText } from './gzip-text.ts';
import { JsonText } from './json-text.ts';
import { PlainText } from './plain-text.ts';
import type { TextSource } from './text-source.ts';
import './errors.ts';

export const HEADER_BYTES_MAX = 1024 * 1024;

/** What of the options says how a file is read. */
export type ReadingOptions = Pick<
  FileOptions,
  'format' | 'delimiter' | 'quote' | 'header' | 'columns' | 'nulls' | 'recordsPath'
>;

export interface ReadingEnvironment {
  readonly options: ReadingOptions;
  readonly signal: AbortSignal;
  readonly toNdjson: (file: string) => Promise<string>;
  /** Where files are not of this machine, or not text: a copy to read, removed when it is closed. */
  readonly bring?: (file: FoundFile) => Promise<FoundFile>;
}

/** A file that is open for reading. `close` must be called. */
export interface FileReading {
  readonly file: FoundFile;
  readonly text: TextSource;
  readonly framing: Framing;
  /** Behind the byte order mark and the header; undefined while the header is not complete. */
  readonly start: Reached | undefined;
  readonly close: () => Promise<void>;
}

type OpenText = Omit<FileReading, 'close'>;

/** Throws FILE_FORMAT_UNKNOWN, FILE_HEADER_INVALID, TEXT_NOT_UTF8, and what reading throws. */
export async function openReading(found: FoundFile, environment: ReadingEnvironment): Promise<FileReading> {
  const { bring } = environment;
  const file = bring ? await bring(found) : found;
  let text: TextSource | undefined;
  const close = async () => {
    await text?.close();
    if (bring) await removeFile(file.path);
  };
  try {
    const format = formatOf(file.name, environment.options.format);
    text = textOf(file, format, environment);
    return { ...(await openText(file, text, format, environment.options)), close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

async function openText(
  file: FoundFile,
  text: TextSource,
  format: FormatOfFile,
  options: ReadingOptions,
): Promise<OpenText> {
  if (format.format === 'csv') return openCsv(file, text, format, options);
  const start =
    format.format === 'ndjson' ? await startOfText(file, text) : { offset: 0, line: 1, crc: 0, open: false };
  return { file, text, framing: { format: 'ndjson' }, start };
}

export function framerOf(
  reading: FileReading,
  start: Mark,
  sliceBytesMax = CAPTURE_BATCH_BYTES_MAX,
): RecordFramer {
  const options: FramerOptions = { file: reading.file.name, sliceBytesMax, start };
  return reading.framing.format === 'csv'
    ? new CsvRecords(reading.framing, options)
    : new NdjsonRecords(options);
}

function textOf(
  file: FoundFile,
  { format, gzip }: FormatOfFile,
  { options, signal, toNdjson }: ReadingEnvironment,
): TextSource {
  if (format === 'parquet') return new ColumnarText(file, toNdjson, signal);
  const text = gzip ? new GzipText(file, signal) : new PlainText(file.path, signal);
  return format === 'json' ? new JsonText(text, file.name, options.recordsPath) : text;
}

/** The first bytes of the text: as many as `enough` wants, or all. */
async function headOf(text: TextSource, enough: (head: Uint8Array) => boolean): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0);
  for await (const chunk of text.chunks(0)) {
    head = Buffer.concat([head, chunk]);
    if (enough(head)) break;
  }
  return head;
}

async function startOfText(file: FoundFile, text: TextSource): Promise<Reached> {
  const head = await headOf(text, (bytes) => bytes.length >= TEXT_START_BYTES);
  return reachedIn(head, textStart(head, file.name), 1);
}

function reachedIn(head: Uint8Array, offset: number, line: number): Reached {
  return { offset, line, crc: crc32(head.subarray(0, offset)), open: false };
}

async function openCsv(
  file: FoundFile,
  text: TextSource,
  format: FormatOfFile,
  options: ReadingOptions,
): Promise<OpenText> {
  const dialect = { delimiter: options.delimiter ?? format.delimiter, quote: options.quote };
  const framing = { format: 'csv', ...dialect, nulls: options.nulls } as const;
  if (!options.header) {
    return {
      file,
      text,
      framing: { ...framing, columns: options.columns ?? [] },
      start: await startOfText(file, text),
    };
  }
  let header: { readonly text: string; readonly end: Mark } | undefined;
  const head = await headOf(text, (bytes) => {
    if (bytes.length >= TEXT_START_BYTES) header = headerIn(bytes, file.name, dialect);
    return header !== undefined || bytes.length > HEADER_BYTES_MAX;
  });
  header ??= headerIn(head, file.name, dialect);
  if (!header) {
    if (head.length > HEADER_BYTES_MAX) headerWithoutEnd(file.name);
    return { file, text, framing: { ...framing, columns: [] }, start: undefined };
  }
  const columns =
    options.columns ?? checkHeader(csvCells(header.text, dialect), file.name, header.end.line - 1);
  return {
    file,
    text,
    framing: { ...framing, columns },
    start: reachedIn(head, header.end.offset, header.end.line),
  };
}

/** The first record that is not blank; undefined while it is not complete. */
function headerIn(
  head: Uint8Array,
  file: string,
  dialect: { delimiter: string; quote: string },
): { text: string; end: Mark } | undefined {
  const offset = textStart(head, file);
  const framer = new CsvRecords(dialect, { file, sliceBytesMax: 1, start: { offset, line: 1 } });
  for (const { bytes, end } of framer.push(head.subarray(offset))) {
    const text = Buffer.from(bytes).toString();
    if (text.trim() !== '') return { text, end };
  }
  return undefined;
}

function checkHeader(names: readonly string[], file: string, line: number): readonly string[] {
  const bad = names.findIndex((name, i) => name === '' || names.indexOf(name) < i);
  if (bad < 0) return names;
  const name = names[bad];
  throw new WharfError(
    'FILE_HEADER_INVALID',
    `Column ${bad + 1} of "${file}" has the name "${name}", which is ${name === '' ? 'empty' : 'there twice'}.`,
    {
      hint: 'Correct the header, or name the columns with the options "columns" and "header".',
      place: { file, line },
    },
  );
}

function headerWithoutEnd(file: string): never {
  throw new WharfError(
    'FILE_HEADER_INVALID',
    `The header of "${file}" has no end within ${formatBytes(HEADER_BYTES_MAX)}.`,
    {
      hint: 'Look for a quote that is not closed, or give the options "columns" and "header: false".',
      place: { file, line: 1 },
    },
  );
}
