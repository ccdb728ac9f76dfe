import type { FastifyInstance } from 'fastify';
import { productId } from '../http/server-paths.ts';
import type { PortMeter } from './port-meter.ts';

/** Counts what is answered in the scope of one port, for products that are there. */
export function measurePort(
  scope: FastifyInstance,
  port: string,
  meter: PortMeter,
  isKnown: (product: string) => boolean,
): void {
  scope.addHook('onResponse', async (request, reply) => {
    const product = productId(request);
    if (!isKnown(product)) return;
    const bytes = Number(reply.getHeader('content-length') ?? 0);
    meter.record({ product, port, status: reply.statusCode, ms: reply.elapsedTime, bytes });
  });
}
