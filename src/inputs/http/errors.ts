import { defineErrors } from '../../base/errors.ts';

export const httpErrors = defineErrors('inputs/http', {
  HTTP_OPTIONS_INVALID: {
    doc: 'Options of an http input do not fit together, or one has a value that it cannot have.',
    status: 400,
  },
  HTTP_CURSOR_INVALID: { doc: 'The durable cursor of an http input is not one that this version wrote.' },
  HTTP_ANSWER_TOO_LARGE: { doc: 'An answer to an http input is larger than ANSWER_BYTES_MAX.', status: 502 },
  HTTP_PAGING_REPEATS: {
    doc: 'A server gives the same page again and again, or more than PAGES_MAX pages.',
    status: 502,
  },
  HTTP_NEXT_UNREADABLE: {
    doc: 'What leads to the next page is not at its path, or is neither a text nor a number.',
    status: 502,
  },
});
