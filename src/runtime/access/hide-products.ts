import type { FastifyInstance } from 'fastify';
import { messageOf } from '../../base/errors.ts';
import { callerOf } from '../http/caller.ts';
import type { Platform } from '../platform.ts';

/**
 * Below every path of a product: whoever may not know of it is told that it is not there, by the same line of code, in the same words, that
 * tell of products that are not.
 */
export function hideProducts(app: FastifyInstance, platform: Platform): void {
  const { access, products, services } = platform;
  app.addHook('preValidation', async (request) => {
    // Until agreements are known, they grant nothing.
    await access.ready().catch((error: unknown) => {
      services.log.error(`Agreements cannot be read, and grant nothing: ${messageOf(error)}`);
    });
    const { product, major } = (request.params ?? {}) as { product?: string; major?: string };
    if (product === undefined) return;
    const asker = callerOf(request);
    if (major === undefined) products.newestSeenBy(asker, product);
    else products.seenBy(asker, `${product}@${major}`);
  });
}
