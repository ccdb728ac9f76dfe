import { DocumentsProfile } from '../../schema/infer/infer-dataset.ts';
import { resultOf } from './draft-errors.ts';
import type { FileProfile } from './file-profile.ts';
import { JsonArrayFinder } from './json-array-finder.ts';
import { readRecord } from './read-record.ts';

/** Arrays of one document that are looked at; the first ones. */
const ARRAYS_MAX = 16;
/** A document without an array of records is taken for a record up to this many characters. */
const SINGLE_LENGTH_MAX = 1024 * 1024;

interface FoundArray {
  readonly path: string;
  readonly profile: DocumentsProfile;
  /** Items that can be no records. */
  others: number;
}

/** One JSON document: the records are those of the array in it that holds most, or else it is one itself. */
export async function profileDocument(name: string, text: AsyncIterable<string>): Promise<FileProfile> {
  const arrays = new Map<string, FoundArray>();
  const finder = new JsonArrayFinder((path, item) => addItem(arrays, path, item));
  let start = '';
  for await (const piece of text) {
    finder.feed(piece);
    if (start.length <= SINGLE_LENGTH_MAX) start += piece;
  }
  finder.end();
  const found = largest([...arrays.values()]);
  if (!found) return { format: 'json', dataset: resultOf(name, singleRecord(start)), unreadable: 0 };
  const records = found.path === '$' ? undefined : found.path;
  return { format: 'json', dataset: resultOf(name, found.profile), records, unreadable: found.others };
}

/** The first of those with most records. */
function largest(arrays: readonly FoundArray[]): FoundArray | undefined {
  const most = Math.max(1, ...arrays.map((array) => array.profile.rows));
  return arrays.find((array) => array.profile.rows === most);
}

function addItem(arrays: Map<string, FoundArray>, path: string, text: string): void {
  const known = arrays.get(path);
  if (!known && arrays.size >= ARRAYS_MAX) return;
  const found = known ?? { path, profile: new DocumentsProfile(), others: 0 };
  arrays.set(path, found);
  const record = text.startsWith('{') ? readRecord(text) : undefined;
  if (record) found.profile.add(record);
  else found.others += 1;
}

function singleRecord(text: string): DocumentsProfile {
  const profile = new DocumentsProfile();
  const record = text.length <= SINGLE_LENGTH_MAX ? readRecord(text) : undefined;
  if (record) profile.add(record);
  return profile;
}
