import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

/** True when the request carries the operator secret of the data folder. */
export function holdsSecret(request: FastifyRequest, secret: string): boolean {
  const given = Buffer.from(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
  const wanted = Buffer.from(secret);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
