import { defineErrors } from '../base/errors.ts';

export const runtimeErrors = defineErrors('runtime', {
  PRODUCT_UNKNOWN: { doc: 'No product of this name and major version is served here.', status: 404 },
  DATASET_UNKNOWN: { doc: 'The product has no dataset of this name.', status: 404 },
  INPUT_UNKNOWN: { doc: 'The product has no input of this name that can be pushed to.', status: 404 },
  PATH_UNKNOWN: { doc: 'Nothing is served at this path.', status: 404 },
  PAGES_NOT_BUILT: { doc: 'The web pages have not been built, and were asked for.', status: 503 },
  PROFILE_NO_SQL: { doc: 'A profile is counted by SQL, and the product has no port "sql".', status: 404 },
  AT_INVALID: {
    doc: 'A position or time to read at is neither a position nor an ISO 8601 instant.',
    status: 400,
  },
  AT_FUTURE: { doc: 'A position to read at has not been published yet.', status: 400 },
  IDEMPOTENCY_CONFLICT: { doc: 'The same Idempotency-Key came with another body.', status: 422 },
  PUSH_DELETE_MAPPED: { doc: 'A delete was pushed to an input whose records a transform maps.', status: 400 },
  PUSH_DELETE_NO_KEY: { doc: 'A delete was pushed to a dataset without a key.', status: 400 },
  VALIDATION_DIED: {
    doc: 'The validation thread ended while it worked on a slice.',
    status: 503,
    retryable: true,
  },
  VALIDATION_BUSY: {
    doc: 'More slices wait for validation than the queue may hold.',
    status: 503,
    retryable: true,
  },
  REJECT_UNKNOWN: { doc: 'There is no reject with this id.', status: 404 },
  REJECT_CLOSED: { doc: 'The reject was already replayed or discarded.', status: 409 },
  REJECT_STILL_INVALID: { doc: 'A corrected record still breaks its contract.', status: 422 },
  REPLAY_NOTHING: {
    doc: 'The product has no transform whose source records could be mapped again.',
    status: 409,
  },
  FORBIDDEN: { doc: 'The call is for those who run the platform.', status: 403 },
  HOST_REFUSED: { doc: 'The Host or Origin header does not name this server.', status: 403 },
  SPEC_INVALID: { doc: 'The mesh has problems; wharf check lists them.', status: 500 },
  HISTORY_BEHIND: { doc: 'A stream asked for records that are no longer kept.', status: 410 },
  TRACING_INVALID: { doc: 'A variable that says where traces are sent cannot be read.', status: 500 },
  LISTEN_FAILED: { doc: 'The address and port could not be listened on.', status: 500 },
  REQUEST_INVALID: { doc: 'The request could not be understood.', status: 400 },
  REQUEST_TOO_LARGE: { doc: 'The body of the request is larger than the limit.', status: 413 },
  INTERNAL: { doc: 'Something in Wharf itself went wrong; the log has the details.', status: 500 },
});
