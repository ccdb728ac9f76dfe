/** The input `push`: records sent over HTTP, acknowledged when they are on disk. */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { present } from '../../base/assert.ts';
import { definePushInput, type PushHost } from '../../kit/input.ts';
import { BodyRoom, type BodyShare } from './body-room.ts';
import { readBody } from './read-body.ts';
import { answerPush, receivePush } from './receive-push.ts';

export const pushInput = definePushInput({
  name: 'push',
  doc: 'Records that others send with POST, as JSON, an array or NDJSON; acknowledged when they are on disk.',
  options: [],
  routes(scope: FastifyInstance, host: PushHost) {
    const room = new BodyRoom();
    const shares = new WeakMap<FastifyRequest, BodyShare>();
    const shareOf = (request: FastifyRequest) =>
      present(shares.get(request), 'each push has its share of the room');
    scope.addHook('onRequest', async (request, reply) => {
      const share = room.share();
      shares.set(request, share);
      reply.raw.once('close', () => share.release());
    });
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage) =>
      readBody(payload, Number(request.headers['content-length'] ?? 0), shareOf(request)),
    );
    scope.post('/', async (request, reply) => {
      const submission = await receivePush(request, shareOf(request));
      return answerPush(reply, await host.submit(submission));
    });
  },
});
