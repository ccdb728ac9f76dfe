import type { FastifyRequest } from 'fastify';

/** Whether whoever asks takes an answer in `encoding`: it is named, and not with a quality of nothing. */
export function takesEncoding(request: FastifyRequest, encoding: 'br' | 'gzip'): boolean {
  const accepted = String(request.headers['accept-encoding'] ?? '');
  return new RegExp(`\\b${encoding}\\b(?!;\\s*q=0(?:\\.0*)?(?:,|$))`).test(accepted);
}
