import type { FastifyInstance } from 'fastify';
import type { Action } from '../../access/principal.ts';
import { callerOf } from '../http/caller.ts';
import { productId } from '../http/server-paths.ts';
import type { Platform } from '../platform.ts';

/** All routes of the scope are for who may do this with the product of their path. */
export function requireAction(scope: FastifyInstance, platform: Platform, action: Action): void {
  scope.addHook('preValidation', async (request) => {
    const asker = callerOf(request);
    const { product } = platform.products.seenBy(asker, productId(request));
    platform.access.check(product, asker, action);
  });
}
