import { defineErrors } from '../base/errors.ts';

export const engineErrors = defineErrors('engine', {
  ENGINE_SQL: {
    doc: 'The engine refused a statement, or a value in it could not be computed.',
    status: 500,
  },
  ENGINE_MEMORY: {
    doc: 'A statement needed more memory than the engine may use.',
    status: 503,
    retryable: true,
  },
  ENGINE_DISK_FULL: {
    doc: 'The disk has no room for what a statement writes or for its temporary data.',
    status: 507,
    retryable: true,
  },
  ENGINE_DEADLINE: { doc: 'A statement took longer than its caller allows.', status: 504, retryable: true },
  ENGINE_ANSWER_TOO_LARGE: {
    doc: 'A statement answered more rows or bytes than may cross from the engine at once.',
    status: 500,
  },
  ENGINE_ARROW_TYPE: { doc: 'A column has a type that is not written to Arrow files.', status: 500 },
  ENGINE_BUSY: {
    doc: 'More statements wait for the engine than its queue may hold.',
    status: 503,
    retryable: true,
  },
  ENGINE_DIED: {
    doc: 'The engine process ended while a statement ran; it is started again.',
    status: 503,
    retryable: true,
  },
  ENGINE_START_FAILED: { doc: 'The engine process could not be started.', status: 503, retryable: true },
  SQL_SYNTAX: { doc: "A consumer's statement cannot be parsed.", status: 400 },
  SQL_REFUSED: {
    doc: "A consumer's statement is more than one SELECT over the mesh's products, or calls what is not listed.",
    status: 403,
  },
  SQL_FAILED: { doc: "A consumer's statement names what is not there, or cannot be computed.", status: 400 },
  SQL_DEADLINE: { doc: "A consumer's statement took longer than it may.", status: 504 },
  SQL_CANCELLED: { doc: "A consumer's statement was cancelled.", status: 499 },
  SQL_IDLE: {
    doc: 'A statement that was held open, and not read, was ended because others waited for its place.',
    status: 503,
    retryable: true,
  },
  SQL_MEMORY: { doc: "A consumer's statement needed more memory than it may have.", status: 413 },
  SQL_BUSY: {
    doc: 'More statements wait than the queue of a consumer may hold.',
    status: 503,
    retryable: true,
  },
  ENGINE_CLOSED: { doc: 'The engine was asked for something after it was closed.', status: 503 },
});
