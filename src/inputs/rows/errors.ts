import { defineErrors } from '../../base/errors.ts';

export const rowErrors = defineErrors('inputs/rows', {
  SOURCE_COLUMN: {
    doc: 'A column that a field is read from is gone, or is of a type that the field cannot hold.',
    status: 502,
  },
});
