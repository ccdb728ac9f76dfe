import { defineErrors } from '../base/errors.ts';

export const kitErrors = defineErrors('kit', {
  POSTGRES_UNREACHABLE: {
    doc: 'A Postgres server cannot be reached, or ended the connection.',
    status: 503,
    retryable: true,
  },
  POSTGRES_REFUSED: { doc: 'A Postgres server did not let the user of a connection in.', status: 502 },
  POSTGRES_DENIED: { doc: 'The user of a connection lacks a right at its Postgres server.', status: 502 },
  POSTGRES_FAILED: { doc: 'A Postgres server could not do what it was asked.', status: 502 },
  REFERENCE_UNSET: { doc: 'A spec refers to an environment variable that is not set.', status: 500 },
});
