import { defineErrors } from '../../base/errors.ts';

export const deriveErrors = defineErrors('derive', {
  DERIVED_KEY_TWICE: {
    doc: 'The query of a derived product gives more than one row of a key; the product stays at its last good position.',
    status: 409,
  },
  DERIVED_ROW_INVALID: {
    doc: 'The query of a derived product gives a row that breaks its contract; the product stays at its last good position.',
    status: 409,
  },
  DERIVED_FAILED: {
    doc: 'The query of a derived product failed; the product stays at its last good position.',
    status: 409,
  },
  DERIVED_NOT_YET: { doc: 'A derived product has not been computed for the first time.', status: 409 },
});
