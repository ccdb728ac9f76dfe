import { WharfError } from '../base/errors.ts';
import './record-errors.ts';

const PATH = /^\$(?:\.[^.[\]*\s]+)*$/;
export const RECORDS_PATH_SEGMENTS_MAX = 32;

/** The member names of `$.a.b`; none for `$`. Throws RECORDS_PATH_INVALID. */
export function parseRecordsPath(path: string): readonly string[] {
  const segments = path.split('.').slice(1);
  if (PATH.test(path) && segments.length <= RECORDS_PATH_SEGMENTS_MAX) return segments;
  throw new WharfError(
    'RECORDS_PATH_INVALID',
    `The path "${path}" is not one to records; expected "$" or "$.a.b".`,
    {
      hint: 'Name the members that lead to the array, from the document on: $.features',
    },
  );
}
