/** What a port sees of a product: a reader in which access is already applied. */
import type { Dataset } from '../schema/field.ts';
import type { RowsPage, RowsQuery } from '../schema/rows-query.ts';

/** Where to read: a position, an ISO 8601 instant, or undefined for what is published now. */
export type At = string | undefined;

export interface ProductDescription {
  /** `flights.departures@1`. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly major: number;
  readonly title: string;
  readonly purpose: string;
  readonly doc: string | undefined;
  readonly owner: string;
  readonly status: string;
  readonly tier: string;
  readonly alignment: string;
  readonly datasets: readonly Dataset[];
}

export const FILE_FORMATS = ['parquet', 'csv', 'ndjson', 'json', 'xlsx', 'arrow'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];
/** What a reader writes by itself; the files port makes workbooks out of NDJSON. */
export type SnapshotFormat = Exclude<FileFormat, 'xlsx'>;

/**
 * A snapshot written as a file. The file stays until `release` is called, and for a while after it: then the same request at the
 * same position gives the same file. One that was written again holds the same rows, perhaps in another order.
 */
export interface SnapshotFile {
  readonly path: string;
  readonly bytes: number;
  /** Aborted when no more of it may be given. */
  readonly ended?: AbortSignal;
  release(): void;
}

export interface FileRequest {
  readonly dataset: string;
  readonly format: SnapshotFormat;
  /** CSV: put an apostrophe before text that a spreadsheet would run as a formula (see `formula-text.ts`). */
  readonly defuseFormulas: boolean;
  readonly signal?: AbortSignal;
}

/** One product version at one position. */
export interface SnapshotReader {
  readonly product: ProductDescription;
  readonly position: number;
  /**
   * Empty when anybody sees all of it; else a name of what is seen: answers to two of different names differ, so it is part of what an answer is
   * known again by, and such an answer is not kept without asking again.
   */
  readonly sight: string;
  rows(dataset: string, query: RowsQuery): Promise<RowsPage>;
  /** One row as JSON by the text forms of its key; undefined when there is none. */
  row(dataset: string, key: readonly string[]): Promise<string | undefined>;
  file(request: FileRequest): Promise<SnapshotFile>;
}

/** Records as consumers of a stream get them, in the order of their positions. */
export interface StreamRecord {
  readonly position: number;
  /** Microseconds since 1970, UTC: when the record was journaled. */
  readonly timeUs: number;
  readonly op: 'upsert' | 'delete';
  readonly dataset: string;
  /** JSON text: an object of the key's fields; `null` where the dataset has no key. */
  readonly key: string;
  /** JSON text of the document; `null` for a delete. */
  readonly document: string;
}

export interface FollowRequest {
  /** The first position wanted, or a word, or an ISO 8601 instant. */
  readonly from: number | 'earliest' | 'latest' | string;
  readonly dataset?: string;
  readonly signal: AbortSignal;
}

export interface ProductReader {
  readonly product: ProductDescription;
  /** Throws POSITION_UNKNOWN, POSITION_GONE, TIME_INVALID. */
  at(at: At): Promise<SnapshotReader>;
  /** What is published now, without any work. */
  publishedPosition(): number;
  /** Never ends by itself; batches are bounded, and nothing is read ahead of the consumer. */
  follow(request: FollowRequest): AsyncIterable<readonly StreamRecord[]>;
}
