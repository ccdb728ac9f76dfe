import { defineErrors } from '../../base/errors.ts';

export const queryErrors = defineErrors('inputs/query', {
  QUERY_OPTIONS_INVALID: {
    doc: 'Options of an input that asks a query do not fit together, or do not fit its answer.',
    status: 400,
  },
});
