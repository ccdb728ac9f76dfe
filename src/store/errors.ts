import { defineErrors } from '../base/errors.ts';

export const storeErrors = defineErrors('store', {
  POSITION_UNKNOWN: {
    doc: 'A read asked for a position after the last one that was journaled.',
    status: 400,
  },
  POSITION_GONE: {
    doc: 'A read asked for a position that lies before the history that the product keeps.',
    status: 410,
  },
  RUN_DAMAGED: {
    doc: 'A file of the store is missing, shorter than it was, or its checksum differs; it is never served.',
    status: 500,
  },
  STREAM_PARTIAL: {
    doc: 'A stream was asked for by somebody who may see only a part of a dataset whose records are combined by reductions.',
    status: 409,
  },
  STORE_VERSION: {
    doc: 'The data folder was written by a newer version of Wharf.',
    status: 500,
  },
  STORE_UNKNOWN_RUNS: {
    doc: 'The store holds runs of a stream of which the journal has no record: the journal beside them is gone or another one.',
    status: 500,
  },
  STORE_CLOSED: {
    doc: 'The store was asked for something after it was closed.',
    status: 503,
    retryable: true,
  },
  KEY_PARTS: {
    doc: 'A row was asked for with another number of key parts than the dataset has.',
    status: 400,
  },
  DATASET_NOT_STORED: {
    doc: 'A stream or dataset was read before it was opened.',
    status: 500,
  },
});
