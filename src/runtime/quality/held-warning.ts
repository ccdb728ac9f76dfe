import type { FastifyInstance } from 'fastify';
import { productId } from '../http/server-paths.ts';
import type { Platform } from '../platform.ts';

/** Says on every data answer of a product that newer records are held back by its checks (RFC 7234, 5.5.1). */
export function warnWhenHeld(app: FastifyInstance, platform: Platform): void {
  app.addHook('onSend', async (request, reply) => {
    if (reply.getHeader('Wharf-Position') === undefined) return;
    const id = productId(request);
    const held = platform.services.published.refusedAt(id);
    if (held !== undefined)
      reply.header('Warning', `110 wharf "Position ${held} of ${id} is held back by its checks"`);
  });
}
