/** Errors as RFC 9457 problem documents. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { systemClock } from '../../base/clock.ts';
import { WharfError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import '../errors.ts';

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly hint?: string;
  readonly instance?: string;
  readonly [member: string]: unknown;
}

/** `JOURNAL_FULL` as a title for people: `Journal full`. */
function titleOf(code: string): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function problemOf(error: WharfError): Problem {
  const problem: Problem = {
    type: `urn:wharf:error:${error.code.toLowerCase().replaceAll('_', '-')}`,
    title: titleOf(error.code),
    status: error.status,
    code: error.code,
    detail: error.message,
    ...(error.hint ? { hint: error.hint } : {}),
    ...(error.place ? { place: error.place } : {}),
  };
  // Read by people too: what every problem says comes first, and no detail takes the place of it.
  return { ...problem, ...error.details, ...problem };
}

/** What a caller may know of anything that was thrown: an error of our own as it is, the framework's by their meaning, others as INTERNAL. */
export function asWharfError(thrown: unknown): WharfError {
  if (thrown instanceof WharfError) return thrown;
  const status = (thrown as FastifyError).statusCode;
  if (status === 413) {
    return new WharfError('REQUEST_TOO_LARGE', 'The body of the request is larger than the limit.', {
      hint: 'Send it in several requests.',
    });
  }
  if (status !== undefined && status >= 400 && status < 500) {
    return new WharfError('REQUEST_INVALID', (thrown as Error).message, { cause: thrown });
  }
  return new WharfError('INTERNAL', 'Something went wrong on our side; the log has the details.', {
    cause: thrown,
  });
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';
export const RETRY_AFTER_SECONDS = 1;
/** Refusals of one code are told of once in this time: when many are refused, telling of each would take more than what it tells of. */
const TELL_EVERY_MS = 1_000;

/** Tells what went wrong on our side, and that others are refused for now. */
export class Teller {
  readonly #log: Log;
  readonly #told = new Map<string, number>();

  constructor(log: Log) {
    this.#log = log;
  }

  tell(thrown: unknown, error: WharfError, request: Pick<FastifyRequest, 'method' | 'url'>): void {
    const what = `${request.method} ${request.url.split('?')[0]}: ${error.code}`;
    if (!error.retryable) {
      const cause = thrown instanceof Error ? thrown.stack : String(thrown);
      this.#log.error(what, { cause });
      return;
    }
    this.warn(error.code, what, { reason: error.message });
  }

  /** What may happen many times a second, by its kind. */
  warn(kind: string, what: string, details: Readonly<Record<string, unknown>> = {}): void {
    const nowMs = systemClock.nowMs();
    if (nowMs - (this.#told.get(kind) ?? -Infinity) < TELL_EVERY_MS) return;
    this.#told.set(kind, nowMs);
    this.#log.warn(what, details);
  }
}

export function problemHandler(teller: Teller) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const error = asWharfError(thrown);
    if (error.status >= 500) teller.tell(thrown, error, request);
    if (error.retryable) reply.header('Retry-After', String(RETRY_AFTER_SECONDS));
    reply
      .code(error.status)
      .type(PROBLEM_TYPE)
      .send(JSON.stringify(problemOf(error)));
  };
}
