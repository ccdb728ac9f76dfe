import { defineErrors } from '../../base/errors.ts';

export const postgresErrors = defineErrors('inputs/postgres', {
  POSTGRES_OPTIONS_INVALID: {
    doc: 'Options of an input that reads from Postgres do not fit together.',
    status: 400,
  },
  POSTGRES_SETTING: {
    doc: 'A Postgres server is not set up for logical replication.',
    status: 502,
  },
  POSTGRES_TABLE_UNKNOWN: { doc: 'The table of an input is not in its database.', status: 502 },
  POSTGRES_IDENTITY: {
    doc: 'What a table tells of deleted and changed rows does not name the rows of the product.',
    status: 502,
  },
  POSTGRES_UNCHANGED_VALUE: {
    doc: 'A large value was not sent because it did not change, and the product does not hold it.',
    status: 502,
  },
  POSTGRES_GAP: {
    doc: 'Changes of a table were lost between what was read and what the server still has.',
    status: 502,
  },
  POSTGRES_SLOT_BUSY: {
    doc: 'Somebody else reads from the replication slot of an input.',
    status: 503,
    retryable: true,
  },
  POSTGRES_PROTOCOL: { doc: 'A Postgres server sent what its protocol does not have.', status: 502 },
});
