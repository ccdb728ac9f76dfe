import type { FastifyReply, FastifyRequest } from 'fastify';
import { isNoneMatchHit } from '../../protocols/entity-tags.ts';

/** Sets the tag; true when the caller has just this answer already and 304 was set. */
export function isNotModified(request: FastifyRequest, reply: FastifyReply, tag: string): boolean {
  reply.header('ETag', tag);
  if (!isNoneMatchHit(request.headers['if-none-match'], tag)) return false;
  reply.code(304);
  return true;
}
