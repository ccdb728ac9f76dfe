import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { WharfError } from '../../base/errors.ts';
import '../errors.ts';

/** True when the request carries the operator secret of the data folder. */
export function isOperator(request: FastifyRequest, secret: string): boolean {
  const given = Buffer.from(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
  const wanted = Buffer.from(secret);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** Throws FORBIDDEN unless the request carries the operator secret of the data folder. */
export function checkSecret(request: FastifyRequest, secret: string): void {
  if (isOperator(request, secret)) return;
  throw new WharfError('FORBIDDEN', 'This call changes the product and needs the operator secret.', {
    hint: 'Use the wharf command on the machine that serves the data folder; it finds the secret there.',
  });
}
