import { WharfError } from '../../base/errors.ts';
import { DocumentsProfile } from '../../schema/infer/infer-dataset.ts';
import '../errors.ts';
import { resultOf } from './draft-errors.ts';
import type { FileProfile } from './file-profile.ts';
import { ITEM_LENGTH_MAX } from './json-array-finder.ts';
import { readRecord } from './read-record.ts';

/** One JSON document a line. */
export async function profileNdjson(name: string, text: AsyncIterable<string>): Promise<FileProfile> {
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
    const record = readRecord(line);
    if (record) profile.add(record);
    else unreadable += 1;
  };
  for await (const piece of text) {
    const lines = piece.split('\n');
    rest += lines.shift() ?? '';
    if (rest.length > ITEM_LENGTH_MAX) {
      throw new WharfError('DRAFT_TOO_LARGE', `A line is longer than ${ITEM_LENGTH_MAX} characters.`);
    }
    for (const line of lines) {
      take(rest);
      rest = line;
    }
  }
  take(rest);
  return unreadable;
}
