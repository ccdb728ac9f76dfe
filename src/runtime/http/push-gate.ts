/**
 * Where pushes wait for their turn: before any of the work that a request takes, so that to refuse one costs a small part of taking it, and
 * with nothing of it read but what its sender sent at once. All other requests go straight on.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { type Clock, systemClock } from '../../base/clock.ts';
import { type Push, PushLine } from '../push/push-line.ts';
import { PROBLEM_TYPE, problemOf, RETRY_AFTER_SECONDS, type Teller } from './problem.ts';

const BUSY_STATUS = 503;
/** What is said of a refusal, and figures in it, are made anew after this. */
const SAID_FOR_MS = 1_000;

export class PushGate {
  readonly #clock: Clock;
  readonly #teller: Teller;
  readonly #line: PushLine;
  readonly #pushes = new WeakMap<IncomingMessage, Push>();
  #said = { text: '', atMs: -Infinity };

  constructor(teller: Teller, clock: Clock = systemClock) {
    this.#clock = clock;
    this.#teller = teller;
    this.#line = new PushLine(clock);
  }

  /** `next` is called for requests whose turn it is; the others are answered. */
  before(next: RequestListener): RequestListener {
    return (request, response) => {
      if (!isPush(request)) return next(request, response);
      const push = this.#line.enter({
        admit: () => next(request, response),
        refuse: () => this.#refuse(request, response),
      });
      this.#follow(push, request, response);
    };
  }

  /** All routes of the scope take pushes, which have a place from when their bodies are here. Throws PUSH_BUSY. */
  guard(scope: FastifyInstance): void {
    scope.addHook('preHandler', async ({ raw }, reply) => {
      await this.#line.placed(this.#pushes.get(raw) ?? this.#follow(this.#line.late(), raw, reply.raw));
    });
  }

  #follow(push: Push, request: IncomingMessage, response: ServerResponse): Push {
    this.#pushes.set(request, push);
    response.once('close', () => {
      this.#line.leave(push, response.writableFinished && response.statusCode < 300);
    });
    return push;
  }

  #refuse(request: IncomingMessage, response: ServerResponse): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#said.atMs >= SAID_FOR_MS) {
      const error = this.#line.busy();
      this.#teller.tell(error, error, { method: 'POST', url: request.url ?? '' });
      this.#said = { text: JSON.stringify(problemOf(error)), atMs: nowMs };
    }
    response.writeHead(BUSY_STATUS, {
      'Content-Type': PROBLEM_TYPE,
      'Content-Length': Buffer.byteLength(this.#said.text),
      'Retry-After': RETRY_AFTER_SECONDS,
      'X-Content-Type-Options': 'nosniff',
    });
    response.end(this.#said.text);
  }
}

/** Most of them: one whose path is written in another way comes to the line with its body. */
function isPush({ method, url = '' }: IncomingMessage): boolean {
  return method === 'POST' && url.includes('/inputs/');
}
