import { defineErrors } from '../base/errors.ts';

export const portErrors = defineErrors('ports', {
  QUERY_TOO_LONG: { doc: 'The query of a request is longer than QUERY_LENGTH_MAX.', status: 414 },
  PARAMETER_UNKNOWN: { doc: 'A query parameter is not one of this path.', status: 400 },
  PARAMETER_REPEATED: { doc: 'A query parameter that may stand once stands twice.', status: 400 },
  COLUMN_UNKNOWN: { doc: 'A query names a column that the dataset does not have.', status: 400 },
  COLUMN_REPEATED: { doc: 'A list of columns names one twice.', status: 400 },
  OPERATOR_UNKNOWN: { doc: 'A filter has an operator that does not exist.', status: 400 },
  OPERATOR_UNFIT: { doc: 'A filter or order cannot be applied to a column of this type.', status: 400 },
  VALUE_INVALID: { doc: 'A filter compares a column with a value that is not one of its type.', status: 400 },
  FILTER_SYNTAX: { doc: 'A filter is not written as filters are.', status: 400 },
  FILTER_TOO_DEEP: { doc: 'Groups of filters are nested more than FILTER_DEPTH_MAX deep.', status: 400 },
  FILTER_TOO_LARGE: {
    doc: 'A query has more than FILTER_TERMS_MAX conditions, or a list more than IN_VALUES_MAX values.',
    status: 400,
  },
  SELECT_SYNTAX: { doc: 'The parameter "select" is not a list of columns.', status: 400 },
  ORDER_SYNTAX: { doc: 'The parameter "order" is not a list of columns with directions.', status: 400 },
  LIMIT_INVALID: { doc: 'The parameter "limit" is not from 1 to 1,000.', status: 400 },
  OPTION_INVALID: { doc: 'A query parameter has a value that it cannot have.', status: 400 },
  PAGE_TOKEN_INVALID: { doc: 'The parameter "after" does not come from a "next" link.', status: 400 },
  PAGE_TOKEN_FOREIGN: {
    doc: 'The parameter "after" belongs to other filters, another order or another "at".',
    status: 400,
  },
  PAGE_TOKEN_TOO_LONG: {
    doc: 'The values that the next page starts from are too long for a link.',
    status: 400,
  },
  NOT_ACCEPTABLE: {
    doc: 'The Accept header asks for a media type that this path does not answer with.',
    status: 406,
  },
  ROW_UNKNOWN: { doc: 'The dataset has no row with this key at this position.', status: 404 },
  ROW_HAS_NO_KEY: { doc: 'The rows of this dataset have no key of their own to be found by.', status: 404 },
  ROW_KEY_INVALID: { doc: "The key in the path does not fit the fields of the dataset's key.", status: 400 },
  FILE_UNKNOWN: { doc: 'The product has no file of this name.', status: 404 },
  RANGE_OUTSIDE: { doc: 'A Range header asks for bytes that the file does not have.', status: 416 },
  STREAM_FROM_INVALID: {
    doc: 'A stream was asked to start at something that is not a place in it.',
    status: 400,
  },
  STREAM_FROM_AHEAD: { doc: 'A stream was asked to start behind its end.', status: 400 },
  STREAM_CLIENTS_FULL: {
    doc: "As many clients as allowed read this product's stream.",
    status: 503,
    retryable: true,
  },
  STREAM_STALLED: {
    doc: 'A client did not take what a stream had for it in time.',
    status: 503,
    retryable: true,
  },
  STREAM_FAILED: { doc: 'A stream broke off for a reason that the log has.', status: 500, retryable: true },
  STREAM_CLOSING: { doc: 'The server is stopping.', status: 503, retryable: true },
});
