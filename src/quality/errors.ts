import { defineErrors } from '../base/errors.ts';

export const qualityErrors = defineErrors('quality', {
  CHECK_INVALID: { doc: 'A check cannot be run on the dataset that it is declared for.', status: 500 },
  PROMISE_TOO_HIGH: { doc: 'A product promises more than the products that it reads.', status: 500 },
  GOLD_UNCHECKED: {
    doc: 'A gold product lacks a check on its key, its volume or its freshness.',
    status: 500,
  },
});
