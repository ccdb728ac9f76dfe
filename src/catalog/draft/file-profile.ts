import type { InferredDataset } from '../../schema/infer/infer-dataset.ts';
import type { CsvShape } from '../sniff-csv.ts';

export type FileFormat = 'csv' | 'json' | 'ndjson' | 'parquet';

export interface FileProfile {
  readonly format: FileFormat;
  readonly dataset: InferredDataset;
  /** csv only; `columns` are the names to be declared where those of the header are missing or cannot be used. */
  readonly csv?: CsvShape & { readonly columns: readonly string[] | undefined };
  /** json only: the path to the array, undefined for the document itself. */
  readonly records?: string | undefined;
  /** Records that no fields could take in: broken lines, rows of another width. */
  readonly unreadable: number;
}

const SUFFIXES: Readonly<Record<string, FileFormat>> = {
  csv: 'csv',
  tsv: 'csv',
  json: 'json',
  geojson: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  parquet: 'parquet',
};

/** The format that the name's suffix says, as the file input takes it; undefined when it says none. */
export function formatOf(name: string): FileFormat | undefined {
  const suffix = /\.([a-z0-9]+)$/.exec(name.toLowerCase().replace(/\.gz$/, ''))?.[1];
  return suffix === undefined ? undefined : SUFFIXES[suffix];
}
