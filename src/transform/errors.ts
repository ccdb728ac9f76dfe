import { defineErrors } from '../base/errors.ts';

export const transformErrors = defineErrors('transform', {
  TRANSFORM_SQL: {
    doc: 'The SQL of a transform is not valid, or names what its input does not have.',
    status: 400,
  },
  TRANSFORM_NOT_BY_RECORD: {
    doc: 'A transform over an external input does something that needs more than one record at a time.',
    status: 400,
  },
  TRANSFORM_COLUMNS: { doc: 'The columns that a transform gives are not those of the product.', status: 400 },
});
