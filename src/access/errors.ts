import { defineErrors } from '../base/errors.ts';

export const accessErrors = defineErrors('access', {
  REQUEST_FOR_USE_INVALID: {
    doc: 'A request to use a product, or the answer to one, names what is not there or cannot be.',
    status: 400,
  },
  AGREEMENT_UNKNOWN: { doc: 'There is no request or agreement with this id.', status: 404 },
  AGREEMENT_DECIDED: {
    doc: 'A request was already answered, or an agreement is not in force any more.',
    status: 409,
  },
  REQUESTS_FULL: {
    doc: 'More requests for a product wait for an answer than are kept.',
    status: 429,
    retryable: true,
  },
  AUDIT_UNAVAILABLE: {
    doc: 'The audit could not be written, so what must be audited was not done.',
    status: 503,
    retryable: true,
  },
  AUDIT_BROKEN: { doc: 'The audit is not what was written.', status: 500 },
});
