import { defineErrors } from '../../base/errors.ts';

export const s3Errors = defineErrors('inputs/s3', {
  S3_TOO_MANY: { doc: 'The paths of an s3 input match more objects than an input may have.', status: 400 },
  S3_CONNECTION_MISSING: { doc: 'An s3 input names no connection.', status: 400 },
});
