import { WharfError } from '../../base/errors.ts';
import type { DocumentsProfile, InferredDataset } from '../../schema/infer/infer-dataset.ts';
import { PROFILES_MAX } from '../../schema/infer/value-profile.ts';
import '../errors.ts';

export function noRecords(name: string, reason: string): WharfError {
  return new WharfError('DRAFT_NO_RECORDS', `"${name}" holds no records: ${reason}.`, {
    hint: 'Expected rows of delimited text, JSON objects one a line, or a JSON document with an array of objects.',
  });
}

export function tooWide(): WharfError {
  return new WharfError('DRAFT_TOO_LARGE', `The records have more than ${PROFILES_MAX} different columns.`, {
    hint: 'Data under names that are ever new belongs into an array, or into one field of the type json.',
  });
}

/** What was found in the documents of a file. Throws DRAFT_NO_RECORDS, DRAFT_TOO_LARGE. */
export function resultOf(name: string, profile: DocumentsProfile): InferredDataset {
  if (profile.rows === 0) throw noRecords(name, 'no sound JSON object was found that could be one');
  if (!profile.isTable()) throw tooWide();
  return profile.result();
}
