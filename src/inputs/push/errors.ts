import { defineErrors } from '../../base/errors.ts';

export const pushErrors = defineErrors('inputs/push', {
  PUSH_EMPTY: { doc: 'A push came without any record.', status: 400 },
  PUSH_MEDIA_TYPE: { doc: 'The content type of a push is not JSON or NDJSON.', status: 415 },
  PUSH_ENCODING: {
    doc: 'The content encoding of a push is not identity or gzip, or its gzip data is damaged.',
    status: 415,
  },
  PUSH_TOO_LARGE: {
    doc: 'The body of a push is larger than the limit, as sent or once unpacked.',
    status: 413,
  },
  PUSH_OPTION: {
    doc: 'A query parameter of a push is not known or has a value that it cannot have.',
    status: 400,
  },
  IDEMPOTENCY_KEY_INVALID: {
    doc: 'The Idempotency-Key header is empty or longer than 255 characters.',
    status: 400,
  },
});
