import { defineErrors } from '../base/errors.ts';

export const accessErrors = defineErrors('access', {
  ACCESS_REFUSED: {
    doc: 'The caller may know of the product, and may not do this with it, or not through this port or for this purpose.',
    status: 403,
  },
  ACCESS_CHANGED: {
    doc: 'What the caller may see of a product changed while it was given; asked again, what may be seen now is given.',
    status: 403,
    retryable: true,
  },
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
