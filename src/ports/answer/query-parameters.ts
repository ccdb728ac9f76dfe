import type { FastifyRequest } from 'fastify';
import { WharfError } from '../../base/errors.ts';
import '../errors.ts';

/** Characters of a request's query, as sent. */
export const QUERY_LENGTH_MAX = 8 * 1024;

export type QueryParameters = readonly (readonly [name: string, value: string])[];

/** The parameters in their order, repeated ones included. Throws QUERY_TOO_LONG. */
export function queryParameters(request: FastifyRequest): QueryParameters {
  const { url } = request.raw;
  const start = url?.indexOf('?') ?? -1;
  if (url === undefined || start < 0) return [];
  const query = url.slice(start + 1);
  if (query.length > QUERY_LENGTH_MAX) {
    throw new WharfError(
      'QUERY_TOO_LONG',
      `The query has ${query.length} characters; at most ${QUERY_LENGTH_MAX} are read.`,
      {
        hint: 'Ask in several requests, or read the whole dataset from /files.',
      },
    );
  }
  return [...new URLSearchParams(query)];
}
