/** Requests to use products, agreements, and the audit. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Grant, RequestForUse } from '../../access/agreement.ts';
import { principalText } from '../../access/principal.ts';
import { WharfError } from '../../base/errors.ts';
import '../errors.ts';
import { callerOf } from '../http/caller.ts';
import { checkManager } from '../http/check-manager.ts';
import { checkOperator } from '../http/check-operator.ts';
import { productId } from '../http/server-paths.ts';
import type { Platform } from '../platform.ts';

const HASH = /^[0-9a-f]{64}$/;

/** Who is written down as the one who did it: what a body says of that is not asked. */
function callerText(request: FastifyRequest): string {
  return principalText(callerOf(request).principal);
}

export function accessRoutes(app: FastifyInstance, platform: Platform): void {
  const { agreements, audit } = platform;

  /** Body: `{ consumer, purpose, until, ports?, fields?, contact? }`. Everybody may ask. */
  app.post('/p/:product/v:major/requests', async (request, reply) => {
    const { product } = platform.products.get(productId(request));
    return reply.code(201).send(await agreements.request(product, requestBody(request), callerText(request)));
  });

  app.post('/p/:product/requests', async (request, reply) => {
    const { product: name } = request.params as { product: string };
    const { product } = platform.products.newestSeenBy(callerOf(request), name);
    return reply.code(201).send(await agreements.request(product, requestBody(request), callerText(request)));
  });

  app.get('/p/:product/v:major/agreements', async (request) => {
    checkManager(platform, request);
    const { product } = platform.products.get(productId(request));
    return { product: product.id, agreements: await agreements.list(product.id) };
  });

  app.get('/api/agreements', async (request) => {
    checkOperator(request);
    return { agreements: await agreements.list() };
  });

  /** Body: `{ ports?, fields?, until?, reason? }`: what is granted of it; all that was asked for when left out. */
  app.post('/p/:product/v:major/agreements/:id/approve', async (request) => {
    checkManager(platform, request);
    return agreements.approve(productId(request), idOf(request), grantBody(request), callerText(request));
  });

  /** Body: `{ reason }`. */
  app.post('/p/:product/v:major/agreements/:id/refuse', async (request) => {
    checkManager(platform, request);
    return agreements.refuse(productId(request), idOf(request), reasonBody(request), callerText(request));
  });

  app.post('/p/:product/v:major/agreements/:id/end', async (request) => {
    checkManager(platform, request);
    return agreements.end(productId(request), idOf(request), reasonBody(request), callerText(request));
  });

  /** Body: `{ known? }`: a hash that was kept elsewhere. */
  app.post('/api/audit/verify', async (request) => {
    checkOperator(request);
    const { known } = bodyOf(request);
    if (known !== undefined && (typeof known !== 'string' || !HASH.test(known)))
      throw invalid('"known" is a hash of 64 digits, as wharf audit prints it.');
    return audit.verify(known as string | undefined);
  });
}

function idOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id;
}

function bodyOf(request: FastifyRequest): Readonly<Record<string, unknown>> {
  const { body } = request;
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}

function requestBody(request: FastifyRequest): RequestForUse {
  const body = bodyOf(request);
  return {
    consumer: textOf(body, 'consumer'),
    contact: body.contact === undefined || body.contact === null ? null : textOf(body, 'contact'),
    ports: textsOf(body, 'ports') ?? [],
    fields: textsOf(body, 'fields') ?? [],
    purpose: textOf(body, 'purpose'),
    until: textOf(body, 'until'),
  };
}

function grantBody(request: FastifyRequest): Grant {
  const body = bodyOf(request);
  const ports = textsOf(body, 'ports');
  const fields = textsOf(body, 'fields');
  return {
    ...(ports ? { ports } : {}),
    ...(fields ? { fields } : {}),
    ...(body.until === undefined ? {} : { until: textOf(body, 'until') }),
    ...(body.reason === undefined ? {} : { reason: textOf(body, 'reason') }),
  };
}

function reasonBody(request: FastifyRequest): string {
  return textOf(bodyOf(request), 'reason');
}

function textOf(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name];
  if (typeof value === 'string') return value;
  throw invalid(`"${name}" is a text, and must be there.`);
}

/** Texts of a list; undefined when it is not there. */
function textsOf(body: Readonly<Record<string, unknown>>, name: string): string[] | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return [...new Set(value)];
  throw invalid(`"${name}" is a list of texts.`);
}

function invalid(message: string): WharfError {
  return new WharfError('REQUEST_INVALID', message, {
    hint: '{"consumer": "user:ana", "purpose": "...", "until": "2027-01-31", "ports": ["sql"]}',
  });
}
