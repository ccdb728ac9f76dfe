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
  TRANSFORM_UNREPEATABLE: {
    doc: 'A transform could give other rows for the same inputs, or reads what is not an input.',
    status: 400,
  },
  TRANSFORM_DERIVED: {
    doc: 'A derived product is declared in a way that its rows could not be kept up to date.',
    status: 400,
  },
  TRANSFORM_TYPESCRIPT: {
    doc: 'The TypeScript of a transform cannot be built or loaded, or is not what a transform must be.',
    status: 400,
  },
  TRANSFORM_PROCESS: {
    doc: 'The process that runs transforms in TypeScript cannot be started.',
    status: 500,
  },
  TRANSFORM_MODE: {
    doc: 'A transform asks for a way of being kept up to date that would be wrong for its query.',
    status: 400,
  },
  TRANSFORM_INPUT: { doc: 'A transform is to map records of an input that cannot be mapped.', status: 400 },
  TRANSFORM_COLUMNS: { doc: 'The columns that a transform gives are not those of the product.', status: 400 },
});
