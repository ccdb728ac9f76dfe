import { defineErrors } from '../../base/errors.ts';

export const sqliteErrors = defineErrors('inputs/sqlite', {
  SQLITE_MISSING: { doc: 'The file of a SQLite database is not there.', status: 502, retryable: true },
  SQLITE_TOO_LARGE: { doc: 'The file of a SQLite database is larger than is copied.', status: 502 },
  SQLITE_BUSY: {
    doc: 'A SQLite database was written to again and again while it was copied.',
    status: 503,
    retryable: true,
  },
  SQLITE_FAILED: { doc: 'A query of a SQLite database cannot be answered.', status: 502 },
  SQLITE_MEMORY: { doc: 'A query of a SQLite database needs more memory than it may have.', status: 502 },
  SQLITE_DEADLINE: {
    doc: 'A query of a SQLite database took longer than it may for its next rows.',
    status: 504,
  },
});
