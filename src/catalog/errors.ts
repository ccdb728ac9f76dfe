import { defineErrors } from '../base/errors.ts';

export const catalogErrors = defineErrors('catalog', {
  DRAFT_NOT_TEXT: { doc: 'A file that a product was to be drafted from is not UTF-8 text.', status: 422 },
  DRAFT_NO_RECORDS: { doc: 'A file that a product was to be drafted from holds no records.', status: 422 },
  DRAFT_JSON_INVALID: { doc: 'A file that a product was to be drafted from is not valid JSON.', status: 422 },
  DRAFT_TOO_LARGE: {
    doc: 'A record, or the number of columns, is beyond what a product can be drafted from.',
    status: 422,
  },
  DRAFT_NAME_UNUSABLE: {
    doc: 'A member of a file has no name, a very long one, or one that differs from another in case only.',
    status: 422,
  },
  DRAFT_NOT_FOR_WEB: {
    doc: 'What an address answers is in a form that can be read as a file, and not by asking again and again.',
    status: 422,
  },
  DRAFT_GZIP_DAMAGED: { doc: 'A file whose name ends in .gz cannot be unpacked.', status: 422 },
});
