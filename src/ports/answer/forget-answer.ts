import type { FastifyReply, FastifyRequest } from 'fastify';

/** Headers of the answer that was to be given; `Wharf-Position` and `Content-Range` stay, for they say what went wrong. */
const ANSWER_HEADERS = [
  'ETag',
  'Link',
  'Content-Disposition',
  'Content-Length',
  'Accept-Ranges',
  'Wharf-Formula-Escape',
];

/** An `onError` hook: a problem must not go out, or be kept, under the headers of the answer that it takes the place of. */
export async function forgetAnswer(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  for (const header of ANSWER_HEADERS) reply.removeHeader(header);
  if (reply.hasHeader('Cache-Control')) reply.header('Cache-Control', 'no-cache');
}
