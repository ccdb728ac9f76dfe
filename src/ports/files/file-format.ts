import { FILE_FORMATS, type FileFormat } from '../../kit/reader.ts';

export const FILE_MEDIA_TYPES: Readonly<Record<FileFormat, string>> = {
  parquet: 'application/vnd.apache.parquet',
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
  json: 'application/json; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  arrow: 'application/vnd.apache.arrow.stream',
};

/** How text that a spreadsheet would run as a formula is kept from it, where the format needs that. */
export const FORMULA_ESCAPES: Readonly<Partial<Record<FileFormat, string>>> = {
  csv: 'apostrophe',
  xlsx: 'quote-prefix',
};

/** The formats that a product's files come in, in the order of FILE_FORMATS. */
export function servedFormats(options: Readonly<Record<string, unknown>>): readonly FileFormat[] {
  const { formats } = options;
  return Array.isArray(formats) ? FILE_FORMATS.filter((format) => formats.includes(format)) : FILE_FORMATS;
}
