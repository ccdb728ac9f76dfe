/**
 * The one error class of Wharf, and the tables of codes that each folder declares.
 *
 * Every error says what happened with the value quoted, what was expected, where, and what to do next.
 * The reference page of all codes is generated from the tables.
 */

/** A place in a source file. Lines and columns count from 1; `column` counts UTF-16 code units. */
export interface FilePlace {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** A place in the data: a product version, and where known a position and a JSON pointer into the record. */
export interface DataPlace {
  readonly product: string;
  readonly position?: number;
  readonly pointer?: string;
}

export type Place = FilePlace | DataPlace;

/** What a code means, for the reference page and for HTTP answers. */
export interface ErrorEntry {
  /** One sentence: when this error is given. */
  readonly doc: string;
  /** HTTP status of the problem document; 500 when left out. */
  readonly status?: number;
  /** True when the same call may succeed later without any change. */
  readonly retryable?: boolean;
}

export type ErrorTable = Readonly<Record<string, ErrorEntry>>;

const tables = new Map<string, ErrorTable>();

/** Declares the error codes of one folder, once, at import time. Codes are unique over all folders. */
export function defineErrors<const T extends ErrorTable>(folder: string, table: T): T {
  for (const [other, known] of tables) {
    const twice = other === folder ? undefined : Object.keys(table).find((code) => code in known);
    if (twice) throw new Error(`The error code "${twice}" is declared by "${other}" and by "${folder}".`);
  }
  tables.set(folder, table);
  return table;
}

/** All tables declared so far, by folder, for the reference page. */
export function errorTables(): ReadonlyMap<string, ErrorTable> {
  return tables;
}

function entryOf(code: string): ErrorEntry | undefined {
  for (const table of tables.values()) if (code in table) return table[code];
  return undefined;
}

export interface WharfErrorOptions {
  /** What to do next, with the command where there is one. */
  readonly hint?: string;
  readonly place?: Place;
  readonly cause?: unknown;
  /** Overrides the table's word on whether trying again may help. */
  readonly retryable?: boolean;
  /** Further members for machines: problems, limits, near names. Must be JSON. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export class WharfError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly place: Place | undefined;
  readonly retryable: boolean;
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: string, message: string, options: WharfErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const entry = entryOf(code);
    this.name = 'WharfError';
    this.code = code;
    this.hint = options.hint;
    this.place = options.place;
    this.details = options.details;
    this.status = entry?.status ?? 500;
    this.retryable = options.retryable ?? entry?.retryable ?? false;
  }
}

/** The message of anything that was thrown, for logs and for messages that quote a cause. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The `code` of a Node system error (`ENOENT`, ...) or of a WharfError; undefined for anything else. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
