import { defineErrors } from '../../base/errors.ts';

export const addErrors = defineErrors('runtime/add', {
  ADD_FETCH_FAILED: { doc: 'A file could not be fetched from its URL.', status: 502, retryable: true },
  ADD_TOO_LARGE: { doc: 'A file behind a URL is larger than the limit.', status: 413 },
  ADD_EXISTS: { doc: 'The spec or data file that would be written is there already.', status: 409 },
  ADD_NOT_A_FILE: { doc: 'What was to be added is not a file that can be read.', status: 404 },
  ADD_SECRET: { doc: 'An address holds a secret, which a spec would show.', status: 400 },
  ADD_NO_DOMAIN: { doc: 'The mesh has several domains, and none was named.', status: 400 },
});
