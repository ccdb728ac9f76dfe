/** `wharf token`, over HTTP: for the operator. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ACTIONS, type Action, type TokenScope } from '../../access/principal.ts';
import type { TokenOwner } from '../../access/token.ts';
import { WharfError } from '../../base/errors.ts';
import '../errors.ts';
import { checkOperator } from '../http/check-operator.ts';
import type { TokenStore } from './token-store.ts';

const OWNER = /^(?:(user|service|operator):)?([A-Za-z0-9][A-Za-z0-9._@-]{0,127})$/;
const WORD = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$/;
const LIMITS = ['products', 'ports', 'actions'] as const;
const LIST_MAX = 100;
const VALUE_LENGTH_MAX = 1_000;
const EXPIRES_MS_MAX = 10 * 366 * 86_400_000;

export function tokenRoutes(app: FastifyInstance, tokens: TokenStore): void {
  app.get('/api/tokens', async (request) => {
    checkOperator(request);
    return { tokens: tokens.list() };
  });

  /** Body: `{ for, teams?, attributes?, expiresMs?, products?, ports?, actions? }`; the last three limit what it is good for. The text is in this answer and nowhere else. */
  app.post('/api/tokens', async (request, reply) => {
    checkOperator(request);
    const body = bodyOf(request);
    const given = await tokens.create(ownerOf(body), expiresOf(body));
    return reply.code(201).header('Cache-Control', 'no-store').send(given);
  });

  app.post('/api/tokens/:id/rotate', async (request, reply) => {
    checkOperator(request);
    return reply.header('Cache-Control', 'no-store').send(await tokens.rotate(idOf(request)));
  });

  app.post('/api/tokens/:id/revoke', async (request) => {
    checkOperator(request);
    return tokens.revoke(idOf(request));
  });
}

function idOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id;
}

type Body = Readonly<Record<string, unknown>>;

function bodyOf({ body }: FastifyRequest): Body {
  return typeof body === 'object' && body !== null ? (body as Body) : {};
}

function ownerOf(body: Body): TokenOwner {
  const [, kind = 'user', name] = OWNER.exec(String(body.for ?? '')) ?? [];
  if (name === undefined)
    throw invalid(
      `"for" is whose token it is: ana, user:ana, service:etl or operator:bo; received "${body.for ?? ''}".`,
    );
  const scope = scopeOf(body);
  return {
    kind: kind as TokenOwner['kind'],
    name,
    teams: wordsOf(body, 'teams'),
    attributes: attributesOf(body),
    ...(scope ? { scope } : {}),
  };
}

/** What is left out limits nothing. */
function scopeOf(body: Body): TokenScope | undefined {
  const limits = LIMITS.flatMap((name) =>
    body[name] === undefined ? [] : [[name, wordsOf(body, name)] as const],
  );
  const empty = limits.find(([, words]) => words.length === 0);
  if (empty) throw invalid(`"${empty[0]}" names nothing, so the token would be good for nothing.`);
  const { actions, ...scope } = Object.fromEntries(limits) as Partial<
    Record<(typeof LIMITS)[number], string[]>
  >;
  const unknown = actions?.find((action) => !ACTIONS.some((known) => known === action));
  if (unknown !== undefined)
    throw invalid(`"${unknown}" is not an action; there are: ${ACTIONS.join(', ')}.`);
  if (limits.length === 0) return undefined;
  return { ...scope, ...(actions ? { actions: actions as Action[] } : {}) };
}

function wordsOf(body: Body, name: string): string[] {
  const value = body[name] ?? [];
  const isList = Array.isArray(value) && value.length <= LIST_MAX;
  if (isList && value.every((item) => typeof item === 'string' && WORD.test(item)))
    return [...new Set(value)];
  throw invalid(`"${name}" is a list of at most ${LIST_MAX} names.`);
}

function attributesOf({ attributes = {} }: Body): Record<string, string> {
  const entries: readonly [string, unknown][] = Object.entries(Object(attributes));
  const good = entries.flatMap(([name, value]): [string, string][] =>
    WORD.test(name) && typeof value === 'string' && value.length <= VALUE_LENGTH_MAX ? [[name, value]] : [],
  );
  if (entries.length <= LIST_MAX && good.length === entries.length) return Object.fromEntries(good);
  throw invalid('"attributes" are names and texts: {"region": "emea"}.');
}

function expiresOf({ expiresMs }: Body): number | undefined {
  if (expiresMs === undefined) return undefined;
  if (typeof expiresMs === 'number' && expiresMs > 0 && expiresMs <= EXPIRES_MS_MAX) return expiresMs;
  throw invalid('"expiresMs" are the milliseconds that it holds, ten years at most.');
}

function invalid(message: string): WharfError {
  return new WharfError('REQUEST_INVALID', message, { hint: '{"for": "user:ana", "teams": ["planning"]}' });
}
