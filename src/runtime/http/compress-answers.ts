/**
 * Compresses what the catalog tells: a list of a hundred products is a tenth of its size then, and pages begin with it. Rows go as they
 * are, for they are read by programs nearby and are many; files and pages are compressed when they are made.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { takesEncoding } from './takes-encoding.ts';

const CHARACTERS_MIN = 1_000;
const CATALOG = '/api/';

const gzipped = promisify(gzip);

export function compressAnswers(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.method !== 'GET' || !request.url.startsWith(CATALOG)) return payload;
    if (typeof payload !== 'string' || payload.length < CHARACTERS_MIN) return payload;
    reply.header('Vary', [reply.getHeader('Vary') ?? [], 'Accept-Encoding'].flat().join(', '));
    if (!takesEncoding(request, 'gzip')) return payload;
    reply.header('Content-Encoding', 'gzip').removeHeader('Content-Length');
    return gzipped(payload);
  });
}
