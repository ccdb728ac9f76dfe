import { defineErrors } from '../base/errors.ts';

export const recordErrors = defineErrors('protocols/records', {
  TEXT_NOT_UTF8: { doc: 'A text starts like UTF-16 or UTF-32; only UTF-8 is read.', status: 400 },
  RECORD_TOO_LONG: {
    doc: 'A single record is longer than RECORD_BYTES_MAX, so its end was not looked for any further.',
    status: 400,
  },
  JSON_DOCUMENT_BROKEN: {
    doc: 'The structure of a JSON document does not hold together, so its records cannot be cut out.',
    status: 400,
  },
  JSON_DOCUMENT_UNFINISHED: {
    doc: 'A JSON document ends before it is complete; it may still be being written.',
    status: 400,
    retryable: true,
  },
  JSON_RECORDS_MISSING: {
    doc: 'A JSON document has no array of records at the path that was given.',
    status: 400,
  },
  RECORDS_PATH_INVALID: {
    doc: 'The path to the records of a JSON document is not of the form "$" or "$.a.b".',
    status: 400,
  },
});
