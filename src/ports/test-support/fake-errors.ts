import { defineErrors } from '../../base/errors.ts';

/** What a host and a reader answer with; the names are the tests' own. */
export const fakeErrors = defineErrors('ports/test-support', {
  FAKE_PRODUCT_UNKNOWN: { doc: 'There is no product of this name.', status: 404 },
  FAKE_DATASET_UNKNOWN: { doc: 'The product has no dataset of this name.', status: 404 },
  FAKE_AT_UNKNOWN: { doc: 'The position or time cannot be read at.', status: 400 },
});
