/** The server of HTTP below the routes: its limits, and what is told to who sends something else than a request. */
import {
  createServer,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { codeOf, WharfError } from '../../base/errors.ts';
import '../errors.ts';
import type { TlsOptions } from './certificate.ts';
import { PROBLEM_TYPE, problemOf, type Teller } from './problem.ts';

export interface ListenerLimits {
  /** Milliseconds until all headers of a request are here; and all of it. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** How often that is looked at. */
  readonly checkMs: number;
  readonly connectionsMax: number;
  readonly headerBytesMax: number;
}

export const LIMITS: ListenerLimits = {
  headersMs: 30_000,
  requestMs: 120_000,
  checkMs: 10_000,
  // As many as follow one product, and others beside them.
  connectionsMax: 12_000,
  headerBytesMax: 16 * 1024,
};
/** A connection on which nothing is asked for so long is closed. */
const KEEP_ALIVE_MS = 72_000;

export interface ListenerOptions {
  readonly teller: Teller;
  /** Undefined for HTTP in clear. */
  readonly tls?: TlsOptions | undefined;
  readonly limits?: ListenerLimits;
}

/** Not listening yet. */
export function newListener(
  handler: RequestListener,
  { teller, tls, limits = LIMITS }: ListenerOptions,
): Server {
  const answers = new WeakMap<Duplex, ServerResponse>();
  const listener: RequestListener = (request, response) => {
    answers.set(request.socket, response);
    handler(request, response);
  };
  const options = {
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.checkMs,
    maxHeaderSize: limits.headerBytesMax,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // A request without it is refused by name, as one with another is.
    requireHostHeader: false,
  };
  const server = tls ? createTlsServer({ ...options, ...tls }, listener) : createServer(options, listener);
  server.maxConnections = limits.connectionsMax;
  server.on('clientError', (error, socket) => refuse(error, socket, answers.get(socket), limits));
  server.on('drop', () =>
    teller.warn(
      'drop',
      `There are ${limits.connectionsMax} connections, as many as may be; others are cut off`,
    ),
  );
  return server;
}

function refuse(
  thrown: Error,
  socket: Duplex,
  answer: ServerResponse | undefined,
  limits: ListenerLimits,
): void {
  // Whoever already has an answer, or a part of it, takes no other for the same request.
  const isAnswered = answer?.headersSent === true && !answer.req.complete;
  if (!socket.writable || codeOf(thrown) === 'ECONNRESET' || isAnswered || isUnderWay(answer)) {
    socket.destroy();
    return;
  }
  const error = errorOf(thrown, limits);
  const body = JSON.stringify(problemOf(error));
  socket.end(
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\nContent-Type: ${PROBLEM_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

function isUnderWay(answer: ServerResponse | undefined): boolean {
  return answer?.headersSent === true && !answer.writableFinished;
}

function errorOf(thrown: Error, limits: ListenerLimits): WharfError {
  switch (codeOf(thrown)) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new WharfError(
        'REQUEST_TIMEOUT',
        `The request did not come in time; expected its headers within ${limits.headersMs / 1_000} s and all of it within ${limits.requestMs / 1_000} s.`,
        { hint: 'Send it again; send much in several requests.', cause: thrown },
      );
    case 'HPE_HEADER_OVERFLOW':
      return new WharfError(
        'REQUEST_HEADERS_TOO_LARGE',
        `The headers are larger than ${limits.headerBytesMax} bytes together.`,
        {
          hint: 'Send fewer or shorter headers; long queries of SQL go into the body of POST /api/sql.',
          cause: thrown,
        },
      );
    default:
      return new WharfError('REQUEST_MALFORMED', `This is not a request of HTTP/1.1: ${thrown.message}.`, {
        hint: 'Look at what is sent: a proxy or a client that speaks another protocol does this.',
        cause: thrown,
      });
  }
}
