/** The port `stream`: every change as it happens, as server-sent events or over a WebSocket. */
import type { WebSocket } from '@fastify/websocket';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Clock, systemClock } from '../../base/clock.ts';
import { defineHttpPort, type HttpPort } from '../../kit/port.ts';
import { describeStream } from './describe-stream.ts';
import { SseChannel } from './sse-channel.ts';
import { StreamClients } from './stream-clients.ts';
import { STREAM_LIMITS, type StreamLimits } from './stream-limits.ts';
import { WebSocketChannel } from './websocket-channel.ts';

export interface StreamPortParts {
  readonly limits: StreamLimits;
  readonly clock: Clock;
}

/** The host must have registered @fastify/websocket. */
export function createStreamPort({ limits, clock }: StreamPortParts): HttpPort {
  const clients = new StreamClients(limits, clock);
  const serveSse = async (request: FastifyRequest, reply: FastifyReply) => {
    reply.hijack();
    const channel = new SseChannel(reply.raw, limits, clock);
    channel.open(reply.getHeaders());
    await clients.serve(request, channel);
  };
  const serveWebSocket = (socket: WebSocket, request: FastifyRequest) =>
    clients.serve(request, new WebSocketChannel(socket, request.raw.socket, limits, clock));
  return defineHttpPort({
    name: 'stream',
    action: 'subscribe',
    doc: 'Every change as it happens, as server-sent events or over a WebSocket; resumes after any position.',
    options: [],
    routes(scope, host) {
      scope.addHook('preClose', () => clients.closeAll());
      scope.route({
        method: 'GET',
        url: '/stream',
        exposeHeadRoute: false,
        preHandler: (request, reply) => clients.admit(host, request, reply),
        handler: serveSse,
        wsHandler: serveWebSocket,
      });
    },
    describe: describeStream,
  });
}

export const streamPort = createStreamPort({ limits: STREAM_LIMITS, clock: systemClock });
