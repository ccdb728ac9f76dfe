/** Everybody who follows a product through this port, from the request to the end. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { present } from '../../base/assert.ts';
import type { Clock } from '../../base/clock.ts';
import { WharfError } from '../../base/errors.ts';
import type { PortHost } from '../../kit/port.ts';
import type { StreamRecord } from '../../kit/reader.ts';
import '../errors.ts';
import { ClientSlots } from './client-slots.ts';
import { openFollow } from './open-follow.ts';
import { pumpStream } from './pump-stream.ts';
import type { StreamChannel } from './stream-channel.ts';
import { bufferBytesOf, type StreamLimits } from './stream-limits.ts';
import { parseStreamRequest, type StreamRequest } from './stream-request.ts';

/** One client that has been let in. */
interface Client {
  readonly batches: AsyncIterable<readonly StreamRecord[]>;
  readonly controller: AbortController;
  readonly firstPosition: number;
  readonly leave: () => void;
}

export class StreamClients {
  readonly #limits: StreamLimits;
  readonly #clock: Clock;
  readonly #slots: ClientSlots;
  readonly #waiting = new WeakMap<FastifyRequest, Client>();
  readonly #controllers = new Set<AbortController>();
  readonly #serving = new Set<Promise<void>>();

  constructor(limits: StreamLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#slots = new ClientSlots(limits.clientsMax);
  }

  /**
   * Lets a client in, before it is known whether it will speak SSE or WebSocket: what is wrong is answered as a problem
   * document either way.
   */
  async admit(host: PortHost, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const reader = await host.reader(request);
    const asked = parseStreamRequest(host, request, reader);
    const position = reader.publishedPosition();
    const release = this.#slots.take(reader.product.id);
    const controller = new AbortController();
    this.#controllers.add(controller);
    const leave = () => {
      controller.abort();
      this.#controllers.delete(controller);
      release();
    };
    request.raw.socket.once('close', leave);
    try {
      const { startMs } = this.#limits;
      const follow = { ...asked, signal: controller.signal };
      const batches = await openFollow(reader, follow, { clock: this.#clock, startMs });
      this.#waiting.set(request, {
        batches,
        controller,
        leave,
        firstPosition: firstPosition(asked, position),
      });
      reply.header('Wharf-Position', String(position));
    } catch (thrown) {
      request.raw.socket.off('close', leave);
      leave();
      throw thrown;
    }
  }

  /** Serves a client that was let in, until it is gone. */
  async serve(request: FastifyRequest, channel: StreamChannel): Promise<void> {
    const client = present(this.#waiting.get(request), 'clients are admitted before they are served');
    const serving = this.#pump(client, channel);
    this.#serving.add(serving);
    try {
      await serving;
    } finally {
      this.#serving.delete(serving);
      request.raw.socket.off('close', client.leave);
      client.leave();
    }
  }

  /** Tells every client that this server stops, and where to go on. Resolves when all are gone. */
  async closeAll(): Promise<void> {
    for (const controller of this.#controllers) {
      controller.abort(new WharfError('STREAM_CLOSING', 'The server is stopping.'));
    }
    await Promise.allSettled(this.#serving);
  }

  #pump({ batches, controller, firstPosition: first }: Client, channel: StreamChannel): Promise<void> {
    const { signal } = controller;
    return pumpStream({
      batches,
      channel,
      limits: this.#limits,
      bufferBytes: () => bufferBytesOf(this.#limits, this.#controllers.size),
      clock: this.#clock,
      signal,
      firstPosition: first,
    });
  }
}

/** Where a client that got no record goes on: where it wanted to start, as far as that is a position. */
function firstPosition({ from }: StreamRequest, published: number): number {
  if (typeof from === 'number') return from;
  return from === 'latest' ? published + 1 : 1;
}
