import { defineErrors } from '../../base/errors.ts';

export const mysqlErrors = defineErrors('inputs/mysql', {
  MYSQL_UNREACHABLE: {
    doc: 'A MySQL or MariaDB server cannot be reached, or ended the connection.',
    status: 503,
    retryable: true,
  },
  MYSQL_REFUSED: { doc: 'A MySQL or MariaDB server did not let the user of a connection in.', status: 502 },
  MYSQL_DENIED: {
    doc: 'The user of a connection lacks a right at its MySQL or MariaDB server.',
    status: 502,
  },
  MYSQL_FAILED: { doc: 'A MySQL or MariaDB server could not do what it was asked.', status: 502 },
});
