import { defineErrors } from '../base/errors.ts';

export const kitErrors = defineErrors('kit', {
  REFERENCE_UNSET: { doc: 'A spec refers to an environment variable that is not set.', status: 500 },
});
