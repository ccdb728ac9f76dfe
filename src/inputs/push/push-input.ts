/** The input `push`: records sent over HTTP, acknowledged when they are on disk. */
import type { FastifyInstance } from 'fastify';
import { definePushInput, type PushHost } from '../../kit/input.ts';
import { answerPush, PUSH_BODY_BYTES_MAX, receivePush } from './receive-push.ts';

export const pushInput = definePushInput({
  name: 'push',
  doc: 'Records that others send with POST, as JSON, an array or NDJSON; acknowledged when they are on disk.',
  options: [],
  routes(scope: FastifyInstance, host: PushHost) {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: PUSH_BODY_BYTES_MAX },
      (_request, body, done) => done(null, body),
    );
    scope.post('/', { bodyLimit: PUSH_BODY_BYTES_MAX }, async (request, reply) => {
      const submission = await receivePush(request);
      return answerPush(reply, await host.submit(submission));
    });
  },
});
