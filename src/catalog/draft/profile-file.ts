/** Looks at a whole file once, and says what its records are and how they are to be read. */
import { codeOf, WharfError } from '../../base/errors.ts';
import { CellsProfile, DocumentsProfile, type InferredDataset } from '../../schema/infer/infer-dataset.ts';
import { PROFILES_MAX } from '../../schema/infer/value-profile.ts';
import { readJson } from '../../schema/json-reader.ts';
import { isJsonObject, type JsonValue } from '../../schema/json-value.ts';
import '../errors.ts';
import { type CsvShape, sniffCsv } from '../sniff-csv.ts';
import { columnNames } from './column-names.ts';
import { CsvSplitter } from './csv-splitter.ts';
import { ITEM_LENGTH_MAX, JsonArrayFinder } from './json-array-finder.ts';
import { type NamedBytes, textOf } from './text-of.ts';

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

/** Characters from which the format and the delimiter are guessed. */
const HEAD_LENGTH = 256 * 1024;
/** Arrays of one document that are looked at; the first ones. */
const ARRAYS_MAX = 16;

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

/** Throws DRAFT_NO_RECORDS, DRAFT_NOT_TEXT, DRAFT_JSON_INVALID, DRAFT_TOO_LARGE, DRAFT_GZIP_DAMAGED. */
export async function profileFile(file: NamedBytes): Promise<FileProfile> {
  const pieces = textOf(file);
  const { head, isWhole } = await readHead(pieces);
  if (head.trim() === '') throw noRecords(file.name, 'it is empty');
  const text = joined(head, pieces);
  switch (sniffFormat(file.name, head)) {
    case 'csv':
      return profileCsv(text, { ...sniffCsv(head, isWhole), ...dialectOf(file.name) });
    case 'ndjson':
      return profileNdjson(file.name, text);
    default:
      return profileDocument(file.name, text);
  }
}

async function readHead(pieces: AsyncGenerator<string>): Promise<{ head: string; isWhole: boolean }> {
  let head = '';
  while (head.length < HEAD_LENGTH) {
    const next = await pieces.next();
    if (next.done) return { head, isWhole: true };
    head += next.value;
  }
  return { head, isWhole: false };
}

async function* joined(head: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield head;
  yield* rest;
}

/** The suffix is believed but for one thing: many files named `.json` hold one document a line. */
function sniffFormat(name: string, head: string): FileFormat {
  const bySuffix = formatOf(name);
  if (bySuffix !== undefined && bySuffix !== 'json') return bySuffix;
  const start = head.trimStart();
  if (start.startsWith('{')) {
    const [first = '', second = ''] = start.split('\n', 2);
    return tryReadJson(first) !== undefined && second.trim().startsWith('{') ? 'ndjson' : 'json';
  }
  return bySuffix ?? (start.startsWith('[') ? 'json' : 'csv');
}

/** The suffix `.tsv` is the file input's word for tabs. */
function dialectOf(name: string): { delimiter?: string } {
  return /\.tsv(\.gz)?$/i.test(name) ? { delimiter: '\t' } : {};
}

async function profileCsv(text: AsyncIterable<string>, shape: CsvShape): Promise<FileProfile> {
  const splitter = new CsvSplitter(shape);
  let table: CsvTable | undefined;
  for await (const piece of text) {
    for (const cells of splitter.feed(piece)) {
      if (table) table.add(cells);
      else table = new CsvTable(cells, shape.header);
    }
    if (splitter.pending > ITEM_LENGTH_MAX) {
      throw new WharfError(
        'DRAFT_TOO_LARGE',
        `A row is longer than ${ITEM_LENGTH_MAX} characters: is a quote left open?`,
      );
    }
  }
  for (const cells of splitter.end()) {
    if (table) table.add(cells);
    else table = new CsvTable(cells, shape.header);
  }
  table ??= new CsvTable([], true);
  const dataset = table.profile.result();
  const csv = { ...shape, columns: table.declared };
  return { format: 'csv', dataset, csv, unreadable: table.rows - dataset.rows };
}

/** The rows of a file below its column names. */
class CsvTable {
  readonly profile: CellsProfile;
  /** The names that have to be declared, because the file has none or not these. */
  readonly declared: readonly string[] | undefined;
  #rows = 0;

  constructor(first: readonly string[], isHeader: boolean) {
    if (first.length > PROFILES_MAX) throw tooWide(first.length);
    const columns = columnNames(isHeader ? first : first.map(() => ''));
    const isAsWritten = columns.every((name, i) => name === first[i]);
    this.declared = isHeader && isAsWritten ? undefined : columns;
    this.profile = new CellsProfile(columns);
    if (!isHeader) this.add(first);
  }

  get rows(): number {
    return this.#rows;
  }

  add(cells: readonly string[]): void {
    this.#rows += 1;
    this.profile.add(cells);
  }
}

async function profileNdjson(name: string, text: AsyncIterable<string>): Promise<FileProfile> {
  const profile = new DocumentsProfile();
  const unreadable = await profileLines(text, profile);
  return { format: 'ndjson', dataset: resultOf(name, profile), unreadable };
}

/** Adds the lines' objects to the profile; gives the number of lines that hold none. */
export async function profileLines(text: AsyncIterable<string>, profile: DocumentsProfile): Promise<number> {
  let unreadable = 0;
  let rest = '';
  const take = (line: string) => {
    if (line.trim() === '') return;
    const value = tryReadJson(line);
    if (value !== undefined && isJsonObject(value)) profile.add(value);
    else unreadable += 1;
  };
  for await (const piece of text) {
    const lines = piece.split('\n');
    rest += lines.shift() ?? '';
    if (rest.length > ITEM_LENGTH_MAX)
      throw new WharfError('DRAFT_TOO_LARGE', `A line is longer than ${ITEM_LENGTH_MAX} characters.`);
    for (const line of lines) {
      take(rest);
      rest = line;
    }
  }
  take(rest);
  return unreadable;
}

interface FoundArray {
  readonly profile: DocumentsProfile;
  /** Items that are not objects. */
  others: number;
}

async function profileDocument(name: string, text: AsyncIterable<string>): Promise<FileProfile> {
  const arrays = new Map<string, FoundArray>();
  const finder = new JsonArrayFinder((path, item) => addItem(arrays, path, item));
  let start = '';
  for await (const piece of text) {
    finder.feed(piece);
    if (start.length <= HEAD_LENGTH) start += piece;
  }
  finder.end();
  const [path, found] = [...arrays].reduce<[string, FoundArray] | []>(
    (best, entry) =>
      (entry[1].profile.rows > (best[1]?.profile.rows ?? 0) ? entry : best) as [string, FoundArray],
    [],
  );
  if (found) {
    const records = path === '$' ? undefined : path;
    return { format: 'json', dataset: resultOf(name, found.profile), records, unreadable: found.others };
  }
  return { format: 'json', dataset: resultOf(name, singleRecord(start)), unreadable: 0 };
}

function addItem(arrays: Map<string, FoundArray>, path: string, text: string): void {
  const found = arrays.get(path) ?? { profile: new DocumentsProfile(), others: 0 };
  if (!arrays.has(path)) {
    if (arrays.size >= ARRAYS_MAX) return;
    arrays.set(path, found);
  }
  if (!text.startsWith('{')) {
    found.others += 1;
    return;
  }
  const value = tryReadJson(text);
  if (value === undefined || !isJsonObject(value)) {
    const item = found.profile.rows + found.others + 1;
    throw new WharfError('DRAFT_JSON_INVALID', `Item ${item} of ${path} is not valid JSON.`, {
      hint: 'Mend the file; a broken document cannot be captured.',
    });
  }
  found.profile.add(value);
}

/** A small document that holds no array of records may be a record itself. */
function singleRecord(text: string): DocumentsProfile {
  const profile = new DocumentsProfile();
  const value = text.length <= HEAD_LENGTH ? tryReadJson(text) : undefined;
  if (value !== undefined && isJsonObject(value)) profile.add(value);
  return profile;
}

function resultOf(name: string, profile: DocumentsProfile): InferredDataset {
  if (profile.rows === 0) throw noRecords(name, 'no JSON object was found that could be one');
  if (!profile.isTable()) throw tooWide(PROFILES_MAX);
  return profile.result();
}

function tryReadJson(text: string): JsonValue | undefined {
  try {
    return readJson(text);
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === 'JSON_SYNTAX' || code === 'JSON_TOO_DEEP') return undefined;
    throw thrown;
  }
}

function noRecords(name: string, reason: string): WharfError {
  return new WharfError('DRAFT_NO_RECORDS', `"${name}" holds no records: ${reason}.`, {
    hint: 'Expected rows of delimited text, JSON objects one a line, or a JSON document with an array of objects.',
  });
}

function tooWide(columns: number): WharfError {
  return new WharfError(
    'DRAFT_TOO_LARGE',
    `The records have ${columns} columns or more; expected at most ${PROFILES_MAX}.`,
    {
      hint: 'Data under names that are ever new belongs into an array, or into one field of the type json.',
    },
  );
}
