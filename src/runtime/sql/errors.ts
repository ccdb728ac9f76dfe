import { defineErrors } from '../../base/errors.ts';

export const sqlErrors = defineErrors('runtime/sql', {
  TABLE_UNKNOWN: { doc: 'A statement names a table that the mesh does not have.', status: 400 },
  AT_AMBIGUOUS: {
    doc: 'A statement that reads several products was to be run at a position, which is one of a single product.',
    status: 400,
  },
});
