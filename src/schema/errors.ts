import { defineErrors } from '../base/errors.ts';

export const schemaErrors = defineErrors('schema', {
  JSON_SYNTAX: {
    doc: 'A text is not JSON; `offset` counts UTF-16 code units from its beginning.',
    status: 400,
  },
  JSON_TOO_DEEP: { doc: 'A JSON text is nested deeper than the limit.', status: 400 },
  TEXT_FORM_INVALID: { doc: 'A value given as plain text is not one of its field.', status: 400 },
});
