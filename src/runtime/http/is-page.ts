import type { FastifyRequest } from 'fastify';

/** Addresses that say the same to programs: the list of products, a product, and its information ports. */
const SHARED_PAGES = /^\/(?:p\/[^/]+(?:\/v\d+(?:\/(?:quality|lineage|rejects|chart))?)?\/?)?$/;

/** Whether a person asks for an address at which programs are told the same: then it is the shell of the pages that they get. */
export function isPage(request: FastifyRequest): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  if (!/\btext\/html\b/.test(request.headers.accept ?? '')) return false;
  return SHARED_PAGES.test(request.url.split('?')[0] ?? '');
}
