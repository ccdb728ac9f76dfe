import { WharfError } from '../../base/errors.ts';
import type { FileFormat } from './file-options.ts';
import './errors.ts';

const SUFFIXES: Readonly<Record<string, FileFormat>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.json': 'json',
  '.geojson': 'json',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.parquet': 'parquet',
};

export interface FormatOfFile {
  readonly format: FileFormat;
  readonly gzip: boolean;
  /** CSV: what the suffix says about the cells. */
  readonly delimiter: string;
}

/** How to read a file, by its name and by the format that was given. Throws FILE_FORMAT_UNKNOWN. */
export function formatOf(name: string, given: FileFormat | undefined): FormatOfFile {
  const lower = name.toLowerCase();
  const gzip = lower.endsWith('.gz');
  const plain = gzip ? lower.slice(0, -'.gz'.length) : lower;
  const suffix = Object.keys(SUFFIXES).find((known) => plain.endsWith(known));
  const format = given ?? (suffix === undefined ? undefined : SUFFIXES[suffix]);
  if (format === undefined) {
    throw new WharfError(
      'FILE_FORMAT_UNKNOWN',
      `The name "${name}" does not say which format the file has.`,
      {
        hint: `Give the option "format", or a suffix: ${Object.keys(SUFFIXES).join(', ')}.`,
        place: { file: name },
      },
    );
  }
  if (format === 'parquet' && gzip) {
    throw new WharfError('FILE_FORMAT_UNKNOWN', `"${name}" is Parquet within gzip, which is not read.`, {
      hint: 'Parquet is compressed inside; unpack the file.',
      place: { file: name },
    });
  }
  return { format, gzip, delimiter: suffix === '.tsv' ? '\t' : ',' };
}
