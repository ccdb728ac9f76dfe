/** Looks at a whole file once, and says what its records are and how they are to be read. */
import { sniffCsv } from '../sniff-csv.ts';
import { noRecords } from './draft-errors.ts';
import { type FileFormat, type FileProfile, formatOf } from './file-profile.ts';
import { profileCsv } from './profile-csv.ts';
import { profileDocument } from './profile-document.ts';
import { profileNdjson } from './profile-lines.ts';
import { tryReadJson } from './read-record.ts';
import { type NamedBytes, textOf } from './text-of.ts';

/** Characters from which the format and the delimiter are guessed. */
const HEAD_LENGTH = 256 * 1024;

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
